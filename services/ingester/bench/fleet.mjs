// How one ingester serves many processes at once, on this machine:
//
//     node services/ingester/bench/fleet.mjs [--pods 1000] [--blocks 5] [--events 2048] [--every-ms 5000] [--arrive-ms 60000] [--shared]
//
// (after `npm run build:ts`). Each pod is a stream of its own connection that says Hello, sends blocks of a busy program at its
// pace, says Goodbye, and hears that everything is stored. At the end every row is counted. --shared: as one of several ingesters
// on a database, which claims each process before it welcomes it.
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { clientMessage, encodeEvents, makeBlock } from "@heaphound/wire";
import { busyProgram } from "@heaphound/wire/test-support";
import { TestDatabase } from "../dist/test-support/database.js";
import { IngestClient } from "../dist/test-support/ingest-client.js";
import { startIngester } from "../dist/test-support/ingester-process.js";
import { stacksOf } from "./stacks.mjs";

const { values } = parseArgs({
  options: {
    pods: { type: "string", default: "1000" },
    blocks: { type: "string", default: "5" },
    events: { type: "string", default: "2048" },
    "every-ms": { type: "string", default: "5000" },
    "arrive-ms": { type: "string", default: "60000" },
    shared: { type: "boolean", default: false },
  },
});
const PODS = Number(values.pods);
const BLOCKS = Number(values.blocks);
const EVENTS = Number(values.events);
const EVERY_MS = Number(values["every-ms"]);
const ARRIVE_MS = Number(values["arrive-ms"]); // all pods have come after this
const STACKS = 100;
const START_NS = 1_700_000_000_000_000_000n;

/** The blocks that every pod sends, but for their numbers. */
function makeTemplates() {
  const program = busyProgram({ stackCount: STACKS, lateShare: 0.2, seed: 1 });
  return Array.from({ length: BLOCKS }, () => {
    const firstAllocation = program.nextAllocation;
    const encoded = encodeEvents(program.block(EVENTS), firstAllocation);
    const block = makeBlock({ sequence: 1, firstAllocation, clock: program.clock }, encoded);
    return { block, allocations: encoded.allocationCount };
  });
}

const templates = makeTemplates();
const allocationsOfPod = templates.reduce((sum, { allocations }) => sum + allocations, 0);
const latenciesMs = [];
const welcomesMs = [];

async function runPod(number, url) {
  await pause(Math.random() * ARRIVE_MS);
  const client = new IngestClient(url);
  const namespace = `shop-${number % 20}`;
  const pod = {
    namespace,
    name: `cart-${number}`,
    uid: `uid-${number}`,
    container: "app",
    node: `node-${number % 50}`,
  };
  const process = 0x2000_0000_0000_0000n + BigInt(number);
  const cameMs = performance.now();
  await client.hello({ process, pid: 1, hostname: `cart-${number}`, startedUnixNs: START_NS, pod });
  welcomesMs.push(performance.now() - cameMs);
  for (const [index, { block }] of templates.entries()) {
    const sequence = index + 1;
    const numbered = { ...block, sequence: BigInt(sequence), ...(index === 0 && { dictionary: stacksOf(STACKS) }) };
    const sentMs = performance.now();
    await client.send(clientMessage({ case: "block", value: numbered }));
    await client.untilAcked(sequence);
    latenciesMs.push(performance.now() - sentMs);
    await pause(EVERY_MS);
  }
  const goodbye = { lastSequence: BigInt(BLOCKS), endedUnixNs: START_NS + 60_000_000_000n, reason: 1 };
  await client.send(clientMessage({ case: "goodbye", value: goodbye }));
  const { code } = await client.end();
  if (code !== 0) throw new Error(`pod ${number} ended with status ${code}`);
}

async function cpuSeconds(pid) {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function residentMiB(pid) {
  const text = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1024);
}

const database = await TestDatabase.start();
const ingester = await startIngester(database.url, {
  HEAPHOUND_HELLO_TIMEOUT_MS: "60000",
  ...(values.shared && { HEAPHOUND_SHARED_DATABASE: "1", HEAPHOUND_INGESTER_NAME: "bench" }),
});
const idleMiB = await residentMiB(ingester.pid);
const begunMs = performance.now();
const results = await Promise.allSettled(Array.from({ length: PODS }, (_, number) => runPod(number, ingester.url)));
const seconds = (performance.now() - begunMs) / 1_000;
const failed = results.filter(({ status }) => status === "rejected");
const ENDED = "SELECT uniqExact(process) AS ended FROM processes FINAL WHERE end_reason = 'exit'";
// The row that says that a process has ended is written after its stream.
for (let tries = 0; tries < 300 && Number((await database.rows(ENDED))[0].ended) < PODS - failed.length; tries++)
  await pause(100);
const [stored] = await database.rows(
  `SELECT count() AS rows, uniqExact(process, id) AS different, uniqExact(process) AS processes,
          (SELECT count() FROM blocks) AS blocks, (${ENDED}) AS ended
   FROM allocations`,
);
/** Median, one in a hundred, and the longest. */
function quantiles(times) {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  return { median: at(0.5), p99: at(0.99), most: at(1) };
}
console.log(
  JSON.stringify({
    pods: PODS,
    failed: failed.length,
    firstFailure: failed[0]?.reason?.message,
    seconds: Number(seconds.toFixed(1)),
    expectedRows: PODS * allocationsOfPod,
    stored: Object.fromEntries(Object.entries(stored).map(([name, value]) => [name, Number(value)])),
    shared: values.shared,
    welcomedAfterMs: quantiles(welcomesMs),
    acknowledgedAfterMs: quantiles(latenciesMs),
    ingester: {
      idleMiB,
      peakMiB: Math.round((await ingester.peakResidentBytes()) / 2 ** 20),
      cpuSeconds: await cpuSeconds(ingester.pid),
    },
    clickhouse: {
      residentMiB: await residentMiB(database.server.pid),
      cpuSeconds: await cpuSeconds(database.server.pid),
    },
  }),
);
await ingester.stop();
await database.stop();
