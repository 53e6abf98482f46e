// What sending costs: CPU of the sender thread per MB (2^20 bytes), over TCP on this machine to a server that reads and acknowledges.
import http2 from "node:http2";
import { fastDriver } from "./binaries.mjs";
import { Driver } from "./client.mjs";

const MEGABYTES = 512;

/** The least that looks like an ingester: takes prefixes off, reads no message, acknowledges. */
function sink(window) {
  const server = http2.createServer({ settings: { initialWindowSize: window } });
  server.on("session", (session) => session.setLocalWindowSize(window));
  server.on("stream", (stream) => {
    stream.respond({ ":status": 200, "content-type": "application/grpc" });
    let need = 0;
    let held = Buffer.alloc(0);
    let blocks = -1; // the first message is Hello
    stream.on("data", (part) => {
      if (need > part.length) {
        need -= part.length;
        return;
      }
      let rest = Buffer.concat([held, part.subarray(need)]);
      need = 0;
      const before = blocks;
      while (rest.length >= 5) {
        const size = rest.readUInt32BE(1);
        blocks++;
        if (size > rest.length - 5) {
          need = size - (rest.length - 5);
          rest = Buffer.alloc(0);
        } else rest = rest.subarray(5 + size);
      }
      held = rest;
      if (before < 0) stream.write(Buffer.from("00000000020a00", "hex"));
      const stored = blocks - (need > 0 ? 1 : 0);
      if (stored > 0) stream.write(ack(stored));
    });
    stream.on("error", () => {});
  });
  return server;
}

function ack(sequence) {
  const digits = [];
  for (let value = sequence; ; value = Math.floor(value / 128)) {
    digits.push(value >= 128 ? (value % 128) + 128 : value);
    if (value < 128) break;
  }
  return Buffer.from([0, 0, 0, 0, digits.length + 3, 0x12, digits.length + 1, 0x08, ...digits]);
}

console.log("block      window     user ms/MB  system ms/MB  MB/s");
for (const window of [65_535, 4 << 20]) {
  for (const size of [4 << 10, 64 << 10, 256 << 10]) {
    const server = sink(window);
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    const driver = new Driver(fastDriver);
    await driver.run(`open 127.0.0.1:${server.address().port}`);
    const answer = await driver.run(`stream ${(MEGABYTES << 20) / size} ${size}`);
    const [, drained, user, system, wall] = answer.split(" ").map(Number);
    if (drained !== 1) throw new Error(`not everything arrived: ${answer}`);
    const columns = [size, window, (user / MEGABYTES).toFixed(3), (system / MEGABYTES).toFixed(3)];
    console.log([...columns, Math.round((MEGABYTES / wall) * 1000)].map((text) => String(text).padEnd(11)).join(""));
    await driver.end();
    server.close();
  }
}
