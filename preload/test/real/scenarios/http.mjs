// A server under load from clients in the same process: compressed JSON, worker threads, keep-alive.
import { createHash } from "node:crypto";
import { Agent, createServer, request } from "node:http";
import { Worker, isMainThread, parentPort } from "node:worker_threads";
import { gzipSync } from "node:zlib";

const fileName = new URL(import.meta.url);
if (isMainThread) {
  const worker = new Worker(fileName);
  const waiting = new Map();
  worker.on("message", ({ id, digest }) => waiting.get(id)(digest));
  const digestOf = (id, text) =>
    new Promise((resolve) => {
      waiting.set(id, resolve);
      worker.postMessage({ id, text });
    });
  const server = createServer(async (incoming, outgoing) => {
    const id = Number(incoming.url.slice(1));
    const rows = Array.from({ length: id % 60 }, (_, index) => ({ index, name: `row ${index * id}` }));
    const digest = await digestOf(id, JSON.stringify(rows));
    outgoing.end(gzipSync(JSON.stringify({ digest, rows })));
  });
  await new Promise((resolve) => server.listen(`${process.cwd()}/http-${process.pid}`, resolve));
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const get = (id) =>
    new Promise((resolve, reject) => {
      request({ socketPath: server.address(), path: `/${id}`, agent }, (answer) => {
        const parts = [];
        answer.on("data", (part) => parts.push(part));
        answer.on("end", () => resolve(Buffer.concat(parts)));
      })
        .on("error", reject)
        .end();
    });
  const answers = await Promise.all(Array.from({ length: 600 }, (_, id) => get(id)));
  console.log(createHash("sha256").update(Buffer.concat(answers)).digest("hex"));
  agent.destroy();
  server.close();
  await worker.terminate();
  process.exitCode = 6;
} else {
  parentPort.on("message", ({ id, text }) =>
    parentPort.postMessage({ id, digest: createHash("sha256").update(text).digest("hex") }),
  );
}
