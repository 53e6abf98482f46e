// The library itself in real programs, streaming to a server of ours: what it sends hangs together, also over restarts,
// and the program does not notice.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { library, programs } from "./binaries.mjs";
import { eventually } from "./client.mjs";
import { Store, restartServer, startServer } from "./server.mjs";

const running = new Set();
after(() => running.forEach((child) => child.kill("SIGKILL")));

function profiled(server, command, { env = {}, input = "" } = {}) {
  const child = spawn(command[0], command.slice(1), {
    env: {
      ...process.env,
      LD_PRELOAD: library,
      HEAPHOUND_SERVER: server,
      HEAPHOUND_LOG: "error",
      HEAPHOUND_MIN_EVENTS: "1",
      ...env,
    },
  });
  running.add(child);
  let output = "";
  child.stdout.on("data", (text) => (output += text));
  child.stderr.on("data", (text) => (output += text));
  child.stdin.on("error", () => {});
  if (input !== null) child.stdin.end(input);
  const ended = new Promise((resolve) =>
    child.on("close", (code, signal) => {
      running.delete(child);
      resolve({ code, signal, output });
    }),
  );
  return { child, ended };
}

/** Nodes and allocation numbers go on where the block before, or the Dictionary, ended. Asks for all modules. */
function checkLibraryBlock(stream, block) {
  const { process } = stream;
  process.events = (process.events ?? 0) + block.eventCount;
  process.losses = [...(process.losses ?? []), ...block.losses];
  if (block.allocationCount > 0 && block.sequence > (process.newest ?? 0n)) {
    assert.ok(block.firstAllocation >= (process.nextAllocation ?? 0n), `allocations of block ${block.sequence}`);
    process.nextAllocation = block.firstAllocation + BigInt(block.allocationCount);
    process.newest = block.sequence;
  }
  if (block.dictionary) checkDefinitions(stream, block.dictionary, block.sequence);
}

function checkDefinitions(stream, dictionary, sequence) {
  const { process, call } = stream;
  if (dictionary.nodeCount > 0) {
    assert.equal(dictionary.firstNode, stream.dictionaryEnd, `nodes of block ${sequence}`);
    stream.dictionaryEnd += dictionary.nodeCount;
  }
  process.modules ??= new Map();
  for (const { number, buildId, path } of dictionary.modules) {
    const id = Buffer.from(buildId).toString("hex");
    process.modules.set(number, { id, path });
    if (id === "" || stream.store.binaries.get(id)?.ended) continue;
    call.write({ message: { case: "binaryRequest", value: { buildId, module: number } } });
  }
}

async function served(behaviour, body) {
  const store = new Store();
  const server = await startServer(store, "127.0.0.1:0", { check: checkLibraryBlock, ...behaviour });
  try {
    await body({ store, server });
    assert.deepEqual(server.errors, []);
  } finally {
    server.kill();
  }
}

const SCRIPT = `
CREATE TABLE t(id INTEGER PRIMARY KEY, name TEXT);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50000)
INSERT INTO t SELECT i, 'name ' || (i * 7919 % 10007) FROM n;
CREATE INDEX by_name ON t(name);
SELECT count(*), count(DISTINCT name) FROM t;
`;

test("sqlite3: every block, Goodbye, and the files of all its modules", async () => {
  await served({}, async ({ store, server }) => {
    const { code, output } = await profiled(server.target, ["sqlite3", ":memory:"], { input: SCRIPT }).ended;
    assert.equal(output, "50000|10007\n");
    assert.equal(code, 0);
    const sqlite = store.single;
    assert.equal(sqlite.goodbye.reason, 1);
    assert.equal(sqlite.goodbye.lastSequence, BigInt(sqlite.blocks.length));
    assert.ok(sqlite.events > 50_000, `${sqlite.events} events`);
    assert.deepEqual(sqlite.losses, []);
    const files = [...sqlite.modules.values()].filter(({ id, path }) => id && !path.startsWith("["));
    assert.ok(files.length >= 3, JSON.stringify(files));
    for (const { id, path } of files) {
      const binary = store.binaries.get(id);
      assert.equal(binary?.error, "", path);
      assert.ok(Buffer.concat(binary.chunks).equals(readFileSync(path)), path);
    }
  });
});

/** Allocates until the end of its input. */
const PYTHON = `
import json, select, sys
kept = []
while not select.select([sys.stdin], [], [], 0)[0]:
    text = json.dumps([{"number": i, "text": str(i) * 5} for i in range(200)])
    kept.append(json.loads(text))
    if len(kept) > 50: del kept[:25]
print("done")
`;

test("python3 while the server is killed and started again, again and again", async () => {
  const store = new Store();
  let server = await startServer(store, "127.0.0.1:0", { check: checkLibraryBlock, ack: 3 });
  const { child, ended } = profiled(server.target, ["/usr/bin/python3", "-c", PYTHON], { input: null });
  try {
    for (const ack of [3, 3, 3, true]) {
      const blocks = store.processes.size && store.single.blocks.length;
      await eventually(() => store.processes.size && store.single.blocks.length > blocks + 2, "blocks came");
      server.kill();
      store.single.blocks.length = Number(store.single.acked);
      server = await restartServer(store, server, { check: checkLibraryBlock, ack });
    }
    child.stdin.end();
    const { code, output } = await ended;
    assert.equal(output, "done\n");
    assert.equal(code, 0);
    assert.deepEqual(server.errors, []);
    assert.equal(store.single.streams, 5);
    assert.deepEqual(store.single.losses, []);
    assert.deepEqual(
      store.single.blocks,
      Array.from({ length: store.single.blocks.length }, (_, i) => BigInt(i + 1)),
    );
    assert.equal(store.single.goodbye.lastSequence, BigInt(store.single.blocks.length));
  } finally {
    server.kill();
  }
});

test("redis-server under load, ended by SHUTDOWN", async () => {
  await served({}, async ({ store, server }) => {
    const socket = `/tmp/heaphound-redis-${process.pid}.sock`;
    const options = ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no"];
    const redis = profiled(server.target, ["redis-server", ...options]);
    await eventually(() => existsSync(socket), "redis listens");
    const bench = spawn("redis-benchmark", [
      "-s",
      socket,
      "-q",
      "-n",
      "50000",
      "-t",
      "set,lpush,sadd",
      "-r",
      "10000",
      "-P",
      "16",
    ]);
    assert.equal(await new Promise((resolve) => bench.on("close", resolve)), 0);
    const cli = spawn("redis-cli", ["-s", socket, "shutdown", "nosave"]);
    await new Promise((resolve) => cli.on("close", resolve));
    const { code, signal } = await redis.ended;
    assert.equal(code ?? signal, 0);
    assert.equal(store.single.goodbye.lastSequence, BigInt(store.single.blocks.length));
    assert.ok(store.single.events > 100_000, `${store.single.events} events`);
  });
});

const DAEMON = `
import os, json, sys
json.loads(json.dumps([{"a": [i] * 3} for i in range(20000)]))
if os.fork(): os._exit(0)
os.setsid()
os.closerange(3, 1024)
files = [open("${process.execPath}") for _ in range(200)]
json.loads(json.dumps([{"a": [i] * 3} for i in range(20000)]))
print("daemon done", all(f.read(0) == "" for f in files))
`;

test("a program that did a little and waits then, whichever event was the first too many", async () => {
  // 2 words an allocation, 1 a deallocation, 1,024 without a sender: the limit falls on each of both.
  for (const blocks of [345, 400, 450, 500, 511, 512, 600]) {
    await served({}, async ({ store, server }) => {
      const { child, ended } = profiled(server.target, [join(programs, "few"), String(blocks)], { input: null });
      await eventually(() => store.processes.size === 1, `a process of ${blocks} blocks`);
      child.stdin.end();
      assert.deepEqual(await ended, { code: 0, signal: null, output: "ready\n" });
      assert.equal(store.single.events, 2 * blocks + 2);
    });
  }
});

test("a daemon: forks, its parent leaves, it closes every descriptor and opens others", async () => {
  await served({}, async ({ store, server }) => {
    const env = { PYTHONMALLOC: "malloc", HEAPHOUND_FOLLOW: "children" };
    const { code, output } = await profiled(server.target, ["/usr/bin/python3", "-c", DAEMON], { env }).ended;
    assert.equal(output, "daemon done True\n");
    assert.equal(code, 0);
    const processes = [...store.processes.values()];
    assert.equal(processes.length, 2);
    for (const { blocks, goodbye, events } of processes) {
      assert.equal(goodbye.lastSequence, BigInt(blocks.length));
      assert.ok(events > 50_000, `${events} events`);
    }
  });
});

test("a program whose server is not there runs as if nothing were", async () => {
  const store = new Store();
  const server = await startServer(store, "127.0.0.1:0");
  server.kill();
  const started = Date.now();
  const { code, output } = await profiled(server.target, ["sqlite3", ":memory:"], {
    input: SCRIPT,
    env: { HEAPHOUND_LOG: "off" },
  }).ended;
  assert.equal(output, "50000|10007\n");
  assert.equal(code, 0);
  assert.ok(Date.now() - started < 5000, "the end is not held up for long");
});
