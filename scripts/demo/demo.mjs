import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { root } from "../lib/root.mjs";
import { say } from "../lib/step.mjs";
import { checkRecording, findRecording } from "./checks.mjs";
import { startRedis, work } from "./redis.mjs";

const ROUNDS_ONCE = 8;
const PAUSE_MS = 1_000;

async function heaphound() {
  const entry = join(root, "services/cli/dist/index.js");
  if (!existsSync(entry)) throw new Error("the services are not built: npm run setup -- --for demo");
  return import(entry);
}

/** Works until the signal; in the background of whoever looks at it. */
async function keepWorking(port, signal) {
  for (let round = 0; !signal.aborted; round++) {
    await work(port, round, signal);
    await pause(PAUSE_MS, undefined, { signal }).catch(() => undefined);
  }
}

export async function demo({ dataDir, once }) {
  const { choosePorts, dataDirectory, preloadLibrary, recordingEnvironment, startStack } = await heaphound();
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(name, () => stop.abort());

  say("demo: starting ClickHouse, ingester, API and GUI");
  const stack = await startStack({ dataDir: dataDirectory(dataDir) });
  let redis = null;
  try {
    const { api: port } = await choosePorts("any");
    redis = await startRedis(port, recordingEnvironment(process.env, preloadLibrary(), { server: stack.urls.grpc }));
    if (once) return await showOnce({ stack, redis, port, signal: stop.signal });
    await work(port, 0, stop.signal);
    const recording = await findRecording(stack.urls.api, redis.pid, (each) => each.allocations > 0);
    say(`
  A redis-server is being profiled while redis-benchmark gives it work. Look at it:

    ${stack.urls.gui}/p/${recording.process}

  In another terminal:  npm run -s heaphound -- ls
                        npm run -s heaphound -- top latest
                        npm run -s heaphound -- run -- PROGRAM ARGS...

  Ctrl-C stops everything; recordings stay in ${stack.dataDir}.
`);
    await keepWorking(port, stop.signal);
    say("demo: stopping");
  } finally {
    await redis?.stop();
    await stack.stop();
  }
}

async function showOnce({ stack, redis, port, signal }) {
  say(`demo: profiling redis-server through ${ROUNDS_ONCE} rounds of redis-benchmark`);
  for (let round = 0; round < ROUNDS_ONCE; round++) await work(port, round, signal);
  await redis.stop();
  const recording = await findRecording(stack.urls.api, redis.pid, (each) => !each.running);
  await checkRecording({ urls: stack.urls, recording });
  say(`demo: everything works. It would be shown at ${stack.urls.gui}/p/${recording.process}`);
}
