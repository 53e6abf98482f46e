// The spool file: what a killed process leaves, held against a count of its own that the kill does not reach.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { driver as driverBinary, library, programs } from "./binaries.mjs";
import { Driver, eventually } from "./client.mjs";
import { Store, isWhole, restartServer, startServer } from "./server.mjs";
import { readLeft, spoolFiles } from "./spool-files.mjs";

const root = mkdtempSync(join(tmpdir(), "heaphound-spool-"));
after(() => rmSync(root, { recursive: true, force: true }));
let directories = 0;
const NOWHERE = "127.0.0.1:1";
const MS = 1_000_000n;

function newDirectory() {
  const directory = join(root, String(++directories));
  mkdirSync(directory);
  return directory;
}

/** A program that counts in `journal` what it allocates, under the library. */
function startCounted(directory, { server = NOWHERE, env = {}, before = [] } = {}) {
  const journal = join(directory, "journal");
  const words = [...before, join(programs, "counted"), journal];
  const child = spawn("env", [`LD_PRELOAD=${library}`, ...words], {
    env: { ...process.env, HEAPHOUND_SERVER: server, HEAPHOUND_SPOOL_DIR: directory, HEAPHOUND_LOG: "error", ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const counted = { child, journal, stderr: "" };
  child.stderr.on("data", (text) => (counted.stderr += text));
  counted.ended = new Promise((resolve) => child.on("close", (code, signal) => resolve({ code, signal })));
  return counted;
}

/** How many allocations there were in all, and when there were `count`: the last millisecond that had fewer. */
function readJournal(path) {
  const bytes = readFileSync(path);
  const notes = Number(bytes.readBigUInt64LE(8));
  const note = (i) => ({
    unixNs: bytes.readBigUInt64LE(16 + 16 * i),
    count: Number(bytes.readBigUInt64LE(24 + 16 * i)),
  });
  return {
    total: Number(bytes.readBigUInt64LE(0)),
    endedUnixNs: note(notes - 1).unixNs,
    reachedUnixNs(count) {
      let i = notes - 1;
      while (i > 0 && note(i).count > count) i--;
      return note(i).unixNs;
    },
  };
}

const hasSpool = (directory) => eventually(() => spoolFiles(directory).length > 0, "there is a spool file");
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Sizes are 16 + i % 1000: their sum over the first `count`. */
function expectedBytes(count) {
  const whole = Math.floor(count / 1000);
  const rest = count % 1000;
  return whole * (16_000 + 499_500) + 16 * rest + (rest * (rest - 1)) / 2;
}

const recordedBytes = (blocks) => blocks.reduce((sum, { totals }) => sum + Number(totals.allocatedBytes), 0);

/** Blocks hold exactly a beginning of what the program did, and all but its last moments. Returns the ms missing. */
function checkPrefix(blocks, journal, limitMs) {
  const allocations = blocks.reduce((sum, { allocationCount }) => sum + allocationCount, 0);
  assert.ok(allocations <= journal.total + 1, `${allocations} of ${journal.total}`);
  assert.equal(recordedBytes(blocks), expectedBytes(allocations), "sizes are those of the first allocations");
  const missingMs = Number((journal.endedUnixNs - journal.reachedUnixNs(allocations)) / MS);
  assert.ok(missingMs <= limitMs, `the last ${missingMs} ms are missing`);
  return missingMs;
}

const kills = Number(process.env.HEAPHOUND_TEST_KILLS ?? 8);

test(`SIGKILL at ${kills} random moments without a server: a prefix, to the last fraction of a second`, async () => {
  const missing = [];
  for (let i = 0; i < kills; i++) {
    const directory = newDirectory();
    const program = startCounted(directory);
    await hasSpool(directory);
    await pause(Math.random() * 800);
    program.child.kill("SIGKILL");
    await program.ended;
    const left = await readLeft(spoolFiles(directory)[0]);
    missing.push(checkPrefix(left.blocks, readJournal(program.journal), 1000));
    assert.equal(left.goodbye.reason, 5);
    assert.ok(left.goodbye.endedUnixNs >= left.goodbye.completeUnixNs);
    assert.equal(program.stderr, "");
  }
  console.log(`  missing at most ${Math.max(...missing)} ms of ${missing.join(" ")}`);
});

test(`SIGKILL at ${kills} random moments with a server: its blocks and the file's are the same prefix`, async () => {
  let overlapping = 0;
  for (let i = 0; i < kills; i++) {
    const directory = newDirectory();
    const store = new Store();
    const received = [];
    // Acknowledges every third: some are in both.
    const server = await startServer(store, "127.0.0.1:0", { ack: 3, check: (_, block) => received.push(block) });
    const program = startCounted(directory, { server: server.target });
    await hasSpool(directory);
    await pause(Math.random() * 800);
    program.child.kill("SIGKILL");
    await program.ended;
    server.kill();
    const left = await readLeft(spoolFiles(directory)[0]);
    const acked = store.processes.size > 0 ? store.single.acked : 0n;
    assert.ok(left.hello.nextSequence <= acked + 1n, `${left.hello.nextSequence} after ${acked}`);
    const fromServer = received.filter(({ sequence }) => sequence < left.hello.nextSequence);
    overlapping += received.length - fromServer.length;
    checkPrefix([...fromServer, ...left.blocks], readJournal(program.journal), 1000);
  }
  assert.ok(kills < 8 || overlapping > 0, "blocks that were sent, but not acknowledged, are in both");
});

test("a process that is served ends without leaving anything behind", async () => {
  const directory = newDirectory();
  const server = await startServer(new Store(), "127.0.0.1:0", { check: () => {} });
  const program = startCounted(directory, { server: server.target, before: ["timeout", "-s", "TERM", "1"] });
  await program.ended;
  server.kill();
  assert.equal(spoolFiles(directory).length <= 1, true);
});

test("an end while the server is away leaves the whole record, with the reason of the end", async () => {
  const directory = newDirectory();
  const child = spawn(
    "/usr/bin/python3",
    ["-c", "x=[bytes(3000) for i in range(20000)]; import time; time.sleep(0.3)"],
    {
      env: { ...process.env, LD_PRELOAD: library, HEAPHOUND_SERVER: NOWHERE, HEAPHOUND_SPOOL_DIR: directory },
      stdio: "ignore",
    },
  );
  assert.equal(await new Promise((resolve) => child.on("close", resolve)), 0);
  const left = await readLeft(spoolFiles(directory)[0]);
  assert.equal(left.goodbye.reason, 1);
  assert.ok(left.allocations > 20_000);
});

test("a program that ends at once is handed over by a file too", async () => {
  const directory = newDirectory();
  const child = spawn("/bin/ls", ["/"], {
    env: {
      ...process.env,
      LD_PRELOAD: library,
      HEAPHOUND_SERVER: NOWHERE,
      HEAPHOUND_SPOOL_DIR: directory,
      HEAPHOUND_MIN_EVENTS: "1",
    },
    stdio: "ignore",
  });
  assert.equal(await new Promise((resolve) => child.on("close", resolve)), 0);
  const left = await readLeft(spoolFiles(directory)[0]);
  assert.equal(left.goodbye.reason, 1);
  assert.ok(left.allocations > 0);
});

const faults = {
  "a directory that is not there": () => join(root, "nowhere"),
  "a file for a directory": () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    return file;
  },
};

for (const [name, prepare] of Object.entries(faults)) {
  test(`${name}: everything stays in memory and is delivered`, async () => {
    const store = new Store();
    const received = [];
    const server = await startServer(store, "127.0.0.1:0", { check: (_, block) => received.push(block) });
    const directory = newDirectory();
    const program = startCounted(directory, { server: server.target, env: { HEAPHOUND_SPOOL_DIR: prepare() } });
    await eventually(() => received.length > 3, "blocks come");
    program.child.kill("SIGKILL");
    await program.ended;
    server.kill();
    assert.match(program.stderr, /HEAPHOUND_SPOOL_DIR: no spool file/);
    checkPrefix(received, readJournal(program.journal), 2000);
  });
}

/** The library's spool by itself: the driver puts blocks whose contents a server checks. */
async function withDriver(body, { bytes = 8 << 20 } = {}) {
  const directory = newDirectory();
  const driver = new Driver(driverBinary, { spoolBytes: bytes, env: { HEAPHOUND_LOG: "error" } });
  try {
    assert.equal(await driver.run(`keep ${directory} ${bytes}`), "keep 0");
    await body({ driver, directory, file: spoolFiles(directory)[0] });
    await driver.end();
  } finally {
    driver.kill();
  }
}

async function deliveredBy(driver) {
  const store = new Store();
  const server = await startServer(store, "127.0.0.1:0", { gaps: true });
  try {
    await driver.run(`open ${server.target}`);
    assert.equal(await driver.run("drain 20000"), "drained 1");
    assert.deepEqual(server.errors, []);
    return store.single.blocks;
  } finally {
    server.kill();
  }
}

const upTo = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => BigInt(from + i));

test("a ring goes round, full and empty, with blocks of all sizes", async () => {
  await withDriver(async ({ driver, directory }) => {
    let last = 0;
    for (const size of [10, 400_000, 3_000_000, 70_000, 0, 1_000_000]) {
      const put = Number(/put (\d+)/.exec(await driver.run(`put 40 ${size}`))[1]);
      assert.ok(put > 0);
      last += put;
      const { blocks, hello } = await readLeft(spoolFiles(directory)[0]);
      assert.equal(Number(hello.nextSequence) + blocks.length - 1, last, "the file has all of them");
      assert.equal((await deliveredBy(driver)).length, put);
    }
    assert.ok(statSync(spoolFiles(directory)[0]).blocks * 512 <= 8 << 20);
  });
});

test("what is not in the file because it is full is refused, not damaged", async () => {
  await withDriver(async ({ driver, directory }) => {
    const put = Number(/put (\d+)/.exec(await driver.run("put 100 300000"))[1]);
    assert.ok(put >= 15 && put < 28, `${put} blocks of 300 kB in 6 MiB`);
    assert.equal((await readLeft(spoolFiles(directory)[0])).blocks.length, put);
    assert.deepEqual(await deliveredBy(driver), upTo(1, put));
  });
});

test("a file that somebody truncates loses blocks, not the process", async () => {
  await withDriver(async ({ driver, file }) => {
    await driver.run("put 10 100000");
    truncateSync(file, 350_000);
    const blocks = await deliveredBy(driver);
    assert.deepEqual(blocks.slice(0, 3), upTo(1, 3));
    await driver.run("put 2 1000");
    assert.deepEqual((await deliveredBy(driver)).slice(-2), upTo(11, 12), "what came later is there");
  });
});

test("a file that somebody overwrites loses what was overwritten", async () => {
  await withDriver(async ({ driver, file }) => {
    await driver.run("put 10 100000");
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096 + 250_000, 4096 + 250_010);
    writeFileSync(file, bytes, { flag: "r+" });
    assert.deepEqual(await deliveredBy(driver), [...upTo(1, 2), ...upTo(4, 10)]);
  });
});

test("a directory that is removed is no matter as long as the process lives", async () => {
  await withDriver(async ({ driver, directory }) => {
    await driver.run("put 10 100000");
    rmSync(directory, { recursive: true });
    await driver.run("put 10 100000");
    assert.deepEqual(await deliveredBy(driver), upTo(1, 20));
  });
});

test("an application that closes all descriptors", async () => {
  await withDriver(async ({ driver, directory }) => {
    await driver.run("put 5 100000");
    await driver.run(`close-fds ${join(directory, "of the application")}`);
    await driver.run("put 5 100000");
    assert.equal((await readLeft(spoolFiles(directory)[0])).blocks.length, 10);
    assert.equal(statSync(join(directory, "of the application")).size, 0);
    assert.deepEqual(await deliveredBy(driver), upTo(1, 10));
  });
});

test("a full disk: what no longer fits stays in memory", { skip: process.getuid() !== 0 }, async () => {
  const directory = newDirectory();
  const mount = spawn("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", directory], { stdio: "ignore" });
  assert.equal(await new Promise((resolve) => mount.on("close", resolve)), 0);
  const driver = new Driver(driverBinary, { spoolBytes: 8 << 20, env: { HEAPHOUND_LOG: "error" } });
  try {
    assert.equal(await driver.run(`keep ${directory} ${8 << 20}`), "keep 0");
    await driver.run("put 30 100000");
    assert.match(driver.stderr, /error 28; blocks stay in memory/);
    assert.ok((await readLeft(spoolFiles(directory)[0])).blocks.length > 15);
    assert.deepEqual(await deliveredBy(driver), upTo(1, 30));
    await driver.end();
  } finally {
    driver.kill();
    await new Promise((resolve) => spawn("umount", ["-l", directory], { stdio: "ignore" }).on("close", resolve));
  }
});

test("a file is damaged at any place: the reader says so or reads a part, and never more", async () => {
  await withDriver(async ({ driver, file }) => {
    await driver.run("put 5 2000");
    const whole = readFileSync(file);
    const damagedFile = `${file}.damaged`;
    const places = [
      0, 8, 17, 24, 31, 512, 530, 560, 1024, 1030, 1078, 4096, 4100, 4106, 4119, 4121, 6000, 6200, 12_000,
    ];
    for (const place of places) {
      const damaged = Buffer.from(whole);
      damaged[place] ^= 0x40;
      writeFileSync(damagedFile, damaged);
      const left = await readLeft(damagedFile).catch((error) => {
        assert.match(error.message, /this spool file cannot be read/);
      });
      assert.ok(!left || left.blocks.length <= 5);
    }
    for (const length of [0, 31, 600, 4096, 4200, 9000]) {
      writeFileSync(damagedFile, whole.subarray(0, length));
      await assert.rejects(readLeft(damagedFile), /this spool file cannot be read/);
    }
    rmSync(damagedFile);
  });
});

test("two processes in one directory, and a fork: each has its own file and leaves the other's alone", async () => {
  const directory = newDirectory();
  const [a, b] = [newDirectory(), newDirectory()].map((own) =>
    startCounted(own, { env: { HEAPHOUND_SPOOL_DIR: directory } }),
  );
  const fork = spawn(
    "/usr/bin/python3",
    [
      "-c",
      "import os,time\nx=[bytes(3000) for i in range(9000)]\ntime.sleep(.3)\np=os.fork()\nx+=[bytes(3000) for i in range(9000)]\ntime.sleep(30)",
    ],
    {
      env: {
        ...process.env,
        LD_PRELOAD: library,
        HEAPHOUND_SERVER: NOWHERE,
        HEAPHOUND_SPOOL_DIR: directory,
        HEAPHOUND_FOLLOW: "children",
      },
      stdio: "ignore",
      detached: true,
    },
  );
  await eventually(() => spoolFiles(directory).length === 4, "four files");
  await eventually(async () => {
    const sums = await Promise.all(
      spoolFiles(directory).map((file) => readLeft(file).catch(() => ({ allocations: 0 }))),
    );
    return sums.filter(({ allocations }) => allocations > 9000).length === 4;
  }, "each has its blocks");
  process.kill(-fork.pid, "SIGKILL");
  for (const { child, ended } of [a, b]) {
    child.kill("SIGKILL");
    await ended;
  }
  const all = await Promise.all(spoolFiles(directory).map(readLeft));
  assert.equal(new Set(all.map(({ hello }) => hello.process)).size, 4);
  const forked = all.filter(({ hello }) => hello.executable.includes("python"));
  assert.ok(forked.some(({ hello }) => forked.some((parent) => parent.hello.process === hello.parentProcess)));
});

/** Blocks of each process, in order; definitions without gaps are checked by reading the files themselves. */
function collector() {
  const blocks = new Map();
  const check = ({ process }, block) => blocks.set(process, [...(blocks.get(process) ?? []), block]);
  return { blocks, check, of: (store, key) => blocks.get(store.processes.get(key)) ?? [] };
}

async function killedIn(directory, env = {}) {
  const own = newDirectory();
  const program = startCounted(own, { env: { HEAPHOUND_SPOOL_DIR: directory, ...env } });
  const before = spoolFiles(directory).length;
  await eventually(() => spoolFiles(directory).length > before, "there is a spool file");
  await pause(700);
  program.child.kill("SIGKILL");
  await program.ended;
  return readJournal(program.journal);
}

test("the next process in the directory delivers what killed ones have left, and its own", async () => {
  const directory = newDirectory();
  const journals = [await killedIn(directory), await killedIn(directory)];
  const files = spoolFiles(directory);
  const keys = await Promise.all(files.map(async (file) => (await readLeft(file)).hello.process));
  const store = new Store();
  const { check, of } = collector();
  const server = await startServer(store, "127.0.0.1:0", { check, gaps: true });
  // Two starters at once: each file is delivered by one of them.
  const next = [newDirectory(), newDirectory()].map((own) =>
    startCounted(own, { server: server.target, env: { HEAPHOUND_SPOOL_DIR: directory } }),
  );
  try {
    await eventually(() => keys.every((key) => store.processes.get(key)?.goodbye), "Goodbye of both");
    await eventually(() => files.every((file) => !existsSync(file)), "the files are gone");
    for (const key of keys) assert.equal(store.processes.get(key).goodbye.reason, 5);
    const missing = keys.map((key) => {
      const journal = journals.find((each) => of(store, key).length > 0 && isPrefixOf(of(store, key), each));
      return checkPrefix(of(store, key), journal, 1000);
    });
    assert.equal(missing.length, 2);
    const own = [...store.processes.keys()].filter((key) => !keys.includes(key));
    const count = () => own.map((key) => of(store, key).length);
    const [before] = [count()];
    await eventually(() => count().every((blocks, i) => blocks > before[i]), "their own streams go on");
    assert.deepEqual(server.errors, []);
  } finally {
    for (const { child, ended } of next) {
      child.kill("SIGKILL");
      await ended;
    }
    server.kill();
  }
});

/** Which of two programs it was: by when its count was reached. */
function isPrefixOf(blocks, journal) {
  const allocations = blocks.reduce((sum, { allocationCount }) => sum + allocationCount, 0);
  return (
    allocations <= journal.total && Number((journal.endedUnixNs - journal.reachedUnixNs(allocations)) / MS) <= 1000
  );
}

test("a server that goes away while a file is delivered gets the rest later, nothing twice", async () => {
  const directory = newDirectory();
  const first = new Driver(driverBinary, { spoolBytes: 8 << 20 });
  await first.run(`keep ${directory} ${8 << 20}`);
  await first.run("put 60 60000");
  first.kill();
  await first.exited;
  const [file] = spoolFiles(directory);
  const key = (await readLeft(file)).hello.process;
  const store = new Store();
  const dead = () => store.processes.get(key);
  const check = (_, block) => assert.ok(isWhole(block)); // the driver's blocks bring no definitions
  let server = await startServer(store, "127.0.0.1:0", { ack: 7, gaps: true, check });
  const next = new Driver(driverBinary, { env: { HEAPHOUND_SPOOL_DIR: directory } });
  try {
    await next.run(`open ${server.target}`);
    await eventually(() => dead()?.acked >= 20n, "a part came");
    server.kill();
    dead().blocks.length = Number(dead().acked); // what was not acknowledged is lost with the server
    server = await restartServer(store, server, { gaps: true, check });
    await eventually(() => dead().goodbye, "the rest came");
    assert.deepEqual(dead().blocks, upTo(1, 60));
    await eventually(() => !existsSync(file), "the file is gone");
    await next.run("put 3 1000");
    assert.equal(await next.run("drain 10000"), "drained 1");
    assert.deepEqual(server.errors, []);
    await next.end();
  } finally {
    next.kill();
    server.kill();
  }
});

test("a damaged file of another process is set aside, and a few of them at most", async () => {
  const directory = newDirectory();
  for (let i = 0; i < 7; i++)
    writeFileSync(join(directory, `${String(i).padStart(16, "0")}.spool`), "HEAPSPL1 and more");
  const store = new Store();
  const server = await startServer(store, "127.0.0.1:0");
  const driver = new Driver(driverBinary, { env: { HEAPHOUND_SPOOL_DIR: directory, HEAPHOUND_LOG: "error" } });
  try {
    await driver.run(`open ${server.target}`);
    await driver.run("put 3 1000");
    await eventually(async () => {
      await driver.run("settle 50");
      return spoolFiles(directory).length === 0;
    }, "all were looked at");
    assert.equal(readdirSync(directory).filter((name) => name.endsWith(".bad")).length, 4);
    assert.match(driver.stderr, /is damaged: it is set aside/);
    assert.equal(store.single.blocks.length, 3);
    await driver.end();
  } finally {
    driver.kill();
    server.kill();
  }
});

test("the directory is bounded: who comes late gets a small file, then none", async () => {
  const directory = newDirectory();
  const programs = [];
  try {
    for (let i = 0; i < 4; i++) {
      const env = { HEAPHOUND_SPOOL_DIR: directory, HEAPHOUND_SPOOL_DIR_BYTES: "8M" };
      programs.push(startCounted(newDirectory(), { env }));
      await eventually(() => spoolFiles(directory).length > i || programs[i].stderr !== "", "a file, or none");
    }
    const sizes = spoolFiles(directory).map((file) => statSync(file).size);
    assert.equal(sizes.length, 3);
    assert.ok(sizes.reduce((a, b) => a + b) <= 8 << 20, sizes.join(" "));
    assert.match(programs[3].stderr, /no spool file in .* \(error 28\)/);
  } finally {
    for (const { child, ended } of programs) {
      child.kill("SIGKILL");
      await ended;
    }
  }
});
