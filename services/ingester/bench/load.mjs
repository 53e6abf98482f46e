// How many allocation and free pairs per second get from the wire into the embedded ClickHouse, on this machine:
//
//     node services/ingester/bench/load.mjs [--seconds 20] [--streams 4] [--rate PAIRS_PER_SECOND] [--events 65536] [--profile DIR]
//
// (after `npm run build:ts`). A busy program's blocks (600 stacks, 20 % of the frees late) are made once and sent again and
// again under new numbers, so the generator costs little; what counts is acknowledged, that is, in every table.
import { readFile } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import { clientMessage, encodeEvents, makeBlock } from "@heaphound/wire";
import { busyProgram } from "@heaphound/wire/test-support";
import { TestDatabase } from "../dist/test-support/database.js";
import { IngestClient } from "../dist/test-support/ingest-client.js";
import { startIngester } from "../dist/test-support/ingester-process.js";
import { stacksOf } from "./stacks.mjs";

const { values: options } = parseArgs({
  options: {
    seconds: { type: "string", default: "20" },
    streams: { type: "string", default: "4" },
    rate: { type: "string", default: "0" },
    events: { type: "string", default: "65536" },
    profile: { type: "string" },
  },
});
const SECONDS = Number(options.seconds);
const STREAMS = Number(options.streams);
const EVENTS = Number(options.events); // in a block
const RATE = Number(options.rate); // of all streams together; 0: as fast as it goes
const WARM_UP_BLOCKS = 2; // a program that has just started has nothing to free late
const TEMPLATES = 8;
const STACKS = 600;
const WINDOW = 12; // blocks that a client sends ahead of the acknowledgements, as a spool of a few MiB allows

/** Blocks of one program, ready but for their numbers. */
function makeTemplates() {
  const program = busyProgram({ stackCount: STACKS, lateShare: 0.2, seed: 1 });
  for (let n = 0; n < WARM_UP_BLOCKS; n++) program.block(EVENTS);
  return Array.from({ length: TEMPLATES }, () => {
    const firstAllocation = program.nextAllocation;
    const encoded = encodeEvents(program.block(EVENTS), firstAllocation);
    const block = makeBlock({ sequence: 1, firstAllocation, clock: program.clock }, encoded);
    return { block, allocations: encoded.allocationCount };
  });
}

class LoadStream {
  pairs = 0;
  bytes = 0;
  sent = 0;
  #nextAllocation = 10_000_000; // late frees name earlier ones
  #baseNs = 1_700_000_000_000_000_000n;
  #perBlock = [];
  #sentPairs = 0;

  constructor(url, number, templates) {
    this.client = new IngestClient(url);
    this.number = number;
    this.templates = templates;
  }

  get ackedPairs() {
    return this.#perBlock.slice(0, this.client.acked).reduce((sum, pairs) => sum + pairs, 0);
  }

  async run(isOver) {
    const process = 0x1000_0000_0000_0000n + BigInt(Math.floor(Math.random() * 2 ** 32)) * 16n + BigInt(this.number);
    await this.client.hello({ process, startedUnixNs: this.#baseNs });
    const begun = performance.now();
    while (!isOver()) {
      const dueMs = RATE === 0 ? 0 : (this.#sentPairs / (RATE / STREAMS)) * 1_000;
      await pause(Math.max(0, begun + dueMs - performance.now()));
      while (this.sent - this.client.acked >= WINDOW) await this.client.untilAcked(this.sent - WINDOW + 1);
      await this.client.send(this.#next());
    }
    await this.client.untilAcked(this.sent);
  }

  #next() {
    const { block, allocations } = this.templates[this.sent % TEMPLATES];
    this.sent++;
    block.sequence = BigInt(this.sent);
    block.firstAllocation = BigInt(this.#nextAllocation);
    block.clock.baseUnixNs = this.#baseNs;
    block.dictionary = this.sent === 1 ? stacksOf(STACKS, this.number) : undefined;
    this.#nextAllocation += allocations;
    this.#baseNs += 20_000_000n;
    this.#perBlock.push(allocations);
    this.#sentPairs += allocations;
    const message = clientMessage({ case: "block", value: block });
    this.bytes += message.length;
    return message;
  }
}

async function cpuSeconds(pid) {
  const fields = (await readFile(`/proc/${pid}/stat`, "utf8")).replace(/^.*\) /, "").split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const templates = makeTemplates();
const database = await TestDatabase.start();
const ingester = await startIngester(
  database.url,
  options.profile ? { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${options.profile}` } : {},
);
const streams = Array.from({ length: STREAMS }, (_, n) => new LoadStream(ingester.url, n, templates));
const sum = (value) => streams.reduce((total, stream) => total + value(stream), 0);

const before = {
  ingester: await cpuSeconds(ingester.pid),
  clickhouse: await cpuSeconds(database.server.pid),
  self: process.cpuUsage(),
};
const start = performance.now();
const elapsed = () => (performance.now() - start) / 1_000;
const timer = setInterval(() => {
  process.stderr.write(
    `${elapsed().toFixed(0)} s: ${(sum((s) => s.ackedPairs) / elapsed() / 1e3).toFixed(0)} k pairs/s so far\n`,
  );
}, 5_000);
await Promise.all(streams.map((stream) => stream.run(() => elapsed() > SECONDS)));
clearInterval(timer);
const seconds = elapsed();
const inserts = (await (await fetch(`${ingester.httpUrl}/metrics`)).text())
  .split("\n")
  .map((line) => /^heaphound_ingester_insert_seconds_(sum|count)\{.*table="(\w+)".*\} (.*)$/.exec(line))
  .reduce((tables, match) => {
    if (match) (tables[match[2]] ??= {})[match[1]] = Number(Number(match[3]).toFixed(2));
    return tables;
  }, {});
const pairs = sum((stream) => stream.ackedPairs);
const self = process.cpuUsage(before.self);
const [stored] = await database.rows("SELECT count() AS rows, uniqExact(process, id) AS different FROM allocations");
console.log(
  JSON.stringify({
    pairsPerSecond: Math.round(pairs / seconds),
    pairs,
    storedRows: Number(stored.rows),
    differentRows: Number(stored.different),
    seconds: Number(seconds.toFixed(1)),
    wireBytesPerPair: Number((sum((stream) => stream.bytes) / pairs).toFixed(2)),
    cpuSeconds: {
      ingester: Number(((await cpuSeconds(ingester.pid)) - before.ingester).toFixed(1)),
      clickhouse: Number(((await cpuSeconds(database.server.pid)) - before.clickhouse).toFixed(1)),
      generator: Number(((self.user + self.system) / 1e6).toFixed(1)),
    },
    inserts,
    ingesterPeakMiB: Math.round((await ingester.peakResidentBytes()) / 2 ** 20),
  }),
);
for (const stream of streams) stream.client.abort();
await ingester.stop();
await database.stop();
