// Rows per second into a table like `allocations`: the engine alone (INSERT ... SELECT FROM file, in its own process)
// against Native inserts through the HTTP service; idle, and beside a query that keeps all cores busy. In turns, in one run.
//
//   npx tsc -b services/clickhouse && node services/clickhouse/bench/ingest-engine.mjs [--rounds 3] [--json]
import { fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createClickHouseClient, insertBinary } from "@heaphound/service-kit";
import { startEmbedded } from "@heaphound/service-kit/testing";
import { Session } from "chdb";

const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    json: { type: "boolean", default: false },
    engine: { type: "string" },
  },
});

const BLOCK_ROWS = 200_000;
const BLOCKS = 15;
const COLUMNS = {
  process: "UInt64",
  id: "UInt64",
  block: "UInt32",
  time_ns: "Int64",
  lifetime_ns: "UInt64",
  freed: "UInt8",
  address: "UInt64",
  size: "UInt64",
  stack: "UInt32",
  thread: "UInt32",
  kind: "UInt8",
  realloc_of: "UInt64",
  free_thread: "UInt32",
  free_stack: "UInt32",
};
const CODECS = { id: "DoubleDelta,ZSTD(1)", time_ns: "Delta,ZSTD(1)" };
const STRUCTURE = Object.entries(COLUMNS)
  .map(([name, type]) => `${name} ${type}`)
  .join(", ");
const TABLE =
  "CREATE OR REPLACE TABLE t (" +
  Object.entries(COLUMNS)
    .map(([name, type]) => `${name} ${type} CODEC(${CODECS[name] ?? "T64,ZSTD(1)"})`)
    .join(", ") +
  ") ENGINE = MergeTree ORDER BY (process, id) SETTINGS non_replicated_deduplication_window = 10000";
const LONG_QUERY = "SELECT sum(cityHash64(number)) FROM numbers(1000000000000)";
const ONE_BLOCK = "SETTINGS max_insert_block_size = 1000000000, min_insert_block_size_rows = 1000000000";

/** What an allocator's life looks like: ascending ids and times, few sizes and stacks, scattered addresses. */
const VALUES = {
  process: () => 42,
  id: (row) => row,
  block: (row) => Math.floor(row / 65_536),
  time_ns: (row, scattered) => row * 110 + (scattered % 64),
  lifetime_ns: (_, scattered) => (scattered % 5 === 0 ? 0 : scattered % 100_000),
  freed: (_, scattered) => (scattered % 5 === 0 ? 0 : 1),
  address: (_, scattered) => (scattered % 1_000_000) * 16,
  size: (_, scattered) => 16 + (scattered % 250) * 8,
  stack: (_, scattered) => scattered % 3_000,
  thread: () => 1,
  kind: () => 0,
  realloc_of: () => 0,
  free_thread: () => 1,
  free_stack: () => 0,
};

/** One Native block of BLOCK_ROWS rows. */
function nativeBlock(first) {
  const varint = (number) => (number < 128 ? [number] : [(number & 127) | 128, ...varint(number >>> 7)]);
  const text = (string) => [...varint(string.length), ...Buffer.from(string)];
  const parts = [Buffer.from([...varint(Object.keys(COLUMNS).length), ...varint(BLOCK_ROWS)])];
  for (const [name, type] of Object.entries(COLUMNS)) {
    const bytes = Number(/\d+/.exec(type)[0]) / 8;
    const values = Buffer.alloc(BLOCK_ROWS * bytes);
    for (let row = 0; row < BLOCK_ROWS; row++) {
      const number = VALUES[name](first + row, ((first + row) * 2_654_435_761) % 4_294_967_296);
      if (bytes === 8) values.writeBigUInt64LE(BigInt(number), row * 8);
      else values.writeUIntLE(number, row * bytes, bytes);
    }
    parts.push(Buffer.from([...text(name), ...text(type)]), values);
  }
  return Buffer.concat(parts);
}

/** The child: inserts files by itself, on request, and says how long it took. */
async function engineProcess(directory) {
  const anchor = new Session(join(directory, "engine"));
  process.on("message", async ({ files, busy }) => {
    const session = new Session(anchor.path);
    const other = new Session(anchor.path);
    await session.queryAsync(TABLE);
    const long = busy ? other.queryAsync(LONG_QUERY).catch(() => undefined) : undefined;
    const cpu = process.cpuUsage();
    const start = performance.now();
    for (const file of files) {
      await session.queryAsync(`INSERT INTO t SELECT * FROM file('${file}', Native, '${STRUCTURE}') ${ONE_BLOCK}`);
    }
    const seconds = (performance.now() - start) / 1_000;
    const cpuSeconds = cpuSecondsOf(process.cpuUsage(cpu));
    await session.queryAsync("KILL QUERY WHERE query LIKE 'SELECT sum(cityHash64%' ASYNC");
    await long;
    session.close();
    other.close();
    process.send({ seconds, cpuSeconds });
  });
  process.send("ready");
}

function messageOf(child) {
  return new Promise((resolve, reject) => {
    child.once("message", resolve);
    child.once("exit", () => reject(new Error("the engine's process ended")));
  });
}

function cpuSecondsOf({ user, system }) {
  return (user + system) / 1e6;
}

/** User and system time that another process has used so far. */
function cpuSecondsOfProcess(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].split(" ");
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

async function throughHttp(client, blocks, { busy, pid }) {
  await client.command({ query: TABLE });
  const leave = new AbortController();
  const long = busy
    ? client.query({ query: LONG_QUERY, abort_signal: leave.signal }).catch(() => undefined)
    : undefined;
  const cpu = process.cpuUsage();
  const serverCpu = cpuSecondsOfProcess(pid);
  const start = performance.now();
  let next = 0;
  // The ingester encodes one batch while another is on its way: two in flight.
  const lane = async () => {
    for (let i = next++; i < blocks.length; i = next++) {
      const columns = Object.keys(COLUMNS);
      await insertBinary(client, {
        table: "t",
        columns,
        format: "Native",
        body: blocks[i],
        deduplicationToken: `b${i}`,
      });
    }
  };
  await Promise.all([lane(), lane()]);
  const seconds = (performance.now() - start) / 1_000;
  const cpuSeconds = cpuSecondsOfProcess(pid) - serverCpu + cpuSecondsOf(process.cpuUsage(cpu));
  leave.abort();
  await long;
  const count = await (await client.query({ query: "SELECT count() FROM t", format: "TabSeparated" })).text();
  if (Number(count) !== BLOCKS * BLOCK_ROWS) throw new Error(`${count} rows arrived`);
  return { seconds, cpuSeconds };
}

async function main() {
  const directory = mkdtempSync(join(tmpdir(), "heaphound-bench-"));
  const memory = mkdtempSync("/dev/shm/heaphound-bench-");
  const blocks = Array.from({ length: BLOCKS }, (_, i) => nativeBlock(i * BLOCK_ROWS));
  const files = blocks.map((block, i) => {
    writeFileSync(join(memory, `${i}`), block);
    return join(memory, `${i}`);
  });
  const engine = fork(fileURLToPath(import.meta.url), ["--engine", directory]);
  await messageOf(engine);
  const server = await startEmbedded();
  const client = createClickHouseClient({ url: server.url, service: "bench", maxExecutionSeconds: 600 });
  const best = {};
  const note = (name, { seconds, cpuSeconds }) => {
    const rows = BLOCKS * BLOCK_ROWS;
    best[name] = Math.max(best[name] ?? 0, rows / seconds);
    best[`${name}CpuNs`] = Math.min(best[`${name}CpuNs`] ?? Infinity, (cpuSeconds * 1e9) / rows);
  };
  try {
    for (let round = 0; round < Number(options.rounds); round++) {
      for (const busy of [false, true]) {
        engine.send({ files, busy });
        note(busy ? "engineBusy" : "engineIdle", await messageOf(engine));
        note(busy ? "httpBusy" : "httpIdle", await throughHttp(client, blocks, { busy, pid: server.pid }));
      }
    }
  } finally {
    engine.removeAllListeners("exit");
    engine.kill("SIGKILL");
    await client.close();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
    rmSync(memory, { recursive: true, force: true });
  }
  report(best);
}

function report(best) {
  if (options.json) {
    console.log(JSON.stringify({ unit: "rows/s", ...best }));
    return;
  }
  const millions = (rate) => `${(rate / 1e6).toFixed(2)} M rows/s`;
  const line = (label, engine, http) =>
    console.log(
      `${label.padEnd(20)} engine ${millions(engine)}   HTTP ${millions(http)}   ratio ${(http / engine).toFixed(2)}`,
    );
  line("idle", best.engineIdle, best.httpIdle);
  line("beside a long query", best.engineBusy, best.httpBusy);
  // On a machine that others use too, this is the steadier figure; the long query's own time would be in the busy ones.
  const cpu = (name) => `${best[`${name}IdleCpuNs`].toFixed(0)} ns`;
  console.log(`CPU time per row     engine ${cpu("engine")}   HTTP, client and server together ${cpu("http")}`);
}

if (options.engine === undefined) await main();
else await engineProcess(options.engine);
