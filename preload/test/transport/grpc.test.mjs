// The transport against a real gRPC server.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { driver as binary } from "./binaries.mjs";
import { Driver, eventually } from "./client.mjs";
import { Store, restartServer, startServer } from "./server.mjs";

const directory = mkdtempSync(join(tmpdir(), "heaphound-transport-"));
after(() => rmSync(directory, { recursive: true }));

function sequences(from, to) {
  return Array.from({ length: to - from + 1 }, (_, i) => BigInt(from + i));
}

/** A server, a driver connected to it, and the end of both. `body` gets them with the store. */
async function connected(behaviour, body, { spoolBytes, env, address = "127.0.0.1:0" } = {}) {
  const store = new Store();
  const server = await startServer(store, address, behaviour);
  const driver = new Driver(binary, { spoolBytes, env });
  try {
    assert.equal(await driver.run(`open ${server.target}`), "open 0");
    await body({ store, server, driver });
    await driver.end();
    assert.deepEqual(server.errors, []);
  } finally {
    driver.kill();
    server.kill();
  }
}

test("blocks of all sizes arrive whole, once and in order, and are released when acknowledged", async () => {
  await connected({}, async ({ store, driver }) => {
    for (const size of [0, 1, 100, 16383, 16384, 16385, 65535, 300_000, 5_000_000]) await driver.run(`put 3 ${size}`);
    assert.equal(await driver.run("drain 20000"), "drained 1");
    assert.deepEqual(store.single.blocks, sequences(1, 27));
    assert.match(store.single.userAgent, /^heaphound-preload\/test/);
    const stats = await driver.stats();
    assert.equal(stats.acked, 27);
    assert.equal(stats.failures, 0);
    assert.ok(stats.pages < 2 << 20, `memory is given back: ${stats.pages} bytes held`);
    await driver.run("close");
    assert.equal(store.single.goodbye.lastSequence, 27n);
  });
});

test("Goodbye arrives at a server that is busy for a while", async () => {
  await connected(
    { onGoodbye: () => new Promise((resolve) => setTimeout(resolve, 400)) },
    async ({ store, driver }) => {
      await driver.run("put 1 10");
      assert.equal(await driver.run("drain 10000"), "drained 1");
      await driver.run("close");
      assert.equal(store.single.goodbye?.lastSequence, 1n);
    },
  );
});

test("a Unix socket will do", async () => {
  await connected(
    {},
    async ({ store, driver }) => {
      await driver.run("put 5 1000");
      assert.equal(await driver.run("drain 10000"), "drained 1");
      assert.equal(store.single.blocks.length, 5);
    },
    { address: `unix:${join(directory, "ingester.sock")}` },
  );
});

test("localhost is found without asking anybody", async () => {
  await connected({}, async ({ store, server, driver }) => {
    await driver.run(`open ${server.target.replace("127.0.0.1", "localhost")}`);
    await driver.run("put 1 10");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    assert.equal(store.single.blocks.length, 1);
  });
});

test("a server that is killed and started again gets what it lacks, once, after the dictionary", async () => {
  const store = new Store();
  // Acknowledges every fourth block: at the kill some are sent but not acknowledged.
  let server = await startServer(store, "127.0.0.1:0", { ack: 4 });
  const driver = new Driver(binary);
  try {
    await driver.run(`open ${server.target}`);
    let expected = 0;
    for (let round = 0; round < 5; round++) {
      await driver.run("put 10 50000");
      expected += 10;
      await eventually(async () => {
        await driver.run("settle 20");
        return store.single.blocks.length >= expected;
      }, "all blocks came");
      server.kill();
      await driver.run("settle 50");
      store.single.blocks.length = Number(store.single.acked); // what was not acknowledged is lost with the server
      server = await restartServer(store, server, { ack: 4 });
    }
    server.kill();
    server = await restartServer(store, server, { ack: true });
    assert.equal(await driver.run("drain 20000"), "drained 1");
    assert.deepEqual(store.single.blocks, sequences(1, 50));
    assert.deepEqual(server.errors, []);
    assert.ok(
      store.single.dictionaries.length >= 10,
      "each stream after the first repeats the dictionary in two parts",
    );
    await driver.end();
  } finally {
    driver.kill();
    server.kill();
  }
});

test("of several servers the next one takes over", async () => {
  const store = new Store();
  const gone = await startServer(store, "127.0.0.1:0");
  gone.kill();
  const server = await startServer(store, "127.0.0.1:0");
  const driver = new Driver(binary);
  try {
    await driver.run(`open ${gone.target}, ${server.target}`);
    await driver.run("put 3 10");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    assert.equal((await driver.stats()).failures, 0);
    await driver.end();
  } finally {
    driver.kill();
    server.kill();
  }
});

test("a server that never acknowledges fills the spool and nothing else", async () => {
  await connected(
    { ack: false },
    async ({ store, driver }) => {
      const put = Number((await driver.run("put 1000 100000")).split(" ")[1]);
      assert.ok(put >= 32 && put <= 41, `${put} blocks of 100 kB fit into 4 MiB`);
      await eventually(async () => {
        await driver.run("settle 20");
        return store.single.blocks.length === put;
      }, "all of them were sent");
      const stats = await driver.stats();
      assert.equal(stats.hasRoom, 0);
      assert.ok(stats.pages < (4 << 20) + (512 << 10), `${stats.pages} bytes held`);
      assert.equal(await driver.run("put 1 100000"), "put 0");
    },
    { spoolBytes: 4 << 20 },
  );
});

test("a slow reader slows nothing but the sending", async () => {
  await connected({ pauseMs: 20, options: { "grpc-node.flow_control_window": 65535 } }, async ({ store, driver }) => {
    await driver.run("put 60 200000");
    const started = Date.now();
    const answer = await driver.run("stats");
    assert.ok(Date.now() - started < 1000, "the driver answers while the server reads slowly");
    assert.ok(JSON.parse(answer).acked < 60);
    assert.equal(await driver.run("drain 60000"), "drained 1");
    assert.equal(store.single.blocks.length, 60);
  });
});

test("without Welcome nothing but Hello is sent", async () => {
  await connected({ welcome: false }, async ({ store, driver }) => {
    await driver.run("put 3 100");
    await eventually(() => store.processes.size === 1, "Hello came");
    await driver.run("settle 300");
    assert.equal(store.single.blocks.length, 0);
    assert.ok((await driver.stats()).sentBytes < 1000);
  });
});

test("a server that claims blocks which were never sent is not believed", async () => {
  await connected({ lie: () => 99n }, async ({ driver }) => {
    await driver.run("put 3 100");
    assert.equal(await driver.run("settle 10000"), "settled -71");
    const stats = await driver.stats();
    assert.equal(stats.protocolErrors, 1);
    assert.equal(stats.first, 1);
    assert.ok(stats.timeoutMs > 25_000, `waits ${stats.timeoutMs} ms`);
  });
});

test("the token is sent, read anew for each connection; a rejected one waits long and is said once", async () => {
  const file = join(directory, "token");
  writeFileSync(file, "first.token\n");
  const seen = [];
  const authorize = (metadata) => {
    seen.push(metadata.get("authorization")[0]);
    return seen.at(-1) === "Bearer second.token";
  };
  const behaviour = { authorize };
  await connected(
    behaviour,
    async ({ server, driver }) => {
      await driver.run("put 1 10");
      assert.equal(await driver.run("settle 10000"), "settled -13");
      assert.ok((await driver.stats()).timeoutMs > 25_000);
      assert.equal(driver.stderr.match(/rejects the stream/g).length, 1);
      assert.match(driver.stderr, /the token has expired/);
      assert.doesNotMatch(driver.stderr, /first.token/);
      writeFileSync(file, "second.token\n");
      await driver.run(`open ${server.target}`);
      assert.equal(await driver.run("drain 10000"), "drained 1");
      assert.deepEqual(seen, ["Bearer first.token", "Bearer second.token"]);
    },
    { env: { HEAPHOUND_TOKEN_FILE: file, HEAPHOUND_LOG: "debug" } },
  );
});

test("Settings.stop ends profiling", async () => {
  await connected({ settings: { stop: true } }, async ({ driver }) => {
    await eventually(async () => (await driver.stats()).disabled === "stopped by the server", "hh_disable");
  });
});

test("GOAWAY and a new connection: nothing is lost", async () => {
  await connected({}, async ({ store, server, driver }) => {
    await driver.run("put 5 1000");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    server.goAway();
    await eventually(async () => (await driver.stats()).connections === 2, "a second connection");
    await driver.run("put 5 1000");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    assert.deepEqual(store.single.blocks, sequences(1, 10));
  });
});

test("an application that closes all descriptors gets them; the transport takes a new one", async () => {
  await connected({}, async ({ store, driver }) => {
    await driver.run("put 5 1000");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    assert.ok((await driver.stats()).fd >= 64, "out of the way of low descriptors");
    const file = join(directory, "of-the-application");
    await driver.run(`close-fds ${file}`);
    await driver.run("put 5 1000");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    assert.equal(statSync(file).size, 0);
    assert.equal((await driver.stats()).closedByApplication, 1);
    assert.deepEqual(store.single.blocks, sequences(1, 10));
  });
});

test("a descriptor that has become the application's socket is neither written nor closed", async () => {
  await connected({}, async ({ store, driver }) => {
    await driver.run("put 1 1000");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    await driver.run("put 3 1000");
    assert.equal(await driver.run("steal-fd"), "stolen -1 11 1");
    assert.deepEqual(store.single.blocks.at(-1), 4n);
  });
});

test("a forked child streams as a process of its own; its parent's stream goes on", async () => {
  await connected({}, async ({ store, driver }) => {
    await driver.run("put 5 100000");
    assert.equal(await driver.run("fork 7 1000"), "forked 0");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    assert.deepEqual([...store.processes.values()].map((process) => process.blocks.length).sort(), [5, 7]);
    assert.equal((await driver.stats()).failures, 0);
  });
});

test("a binary is sent when asked for, between blocks, and only if it is a module of this process", async () => {
  const path = process.execPath; // large enough for hundreds of chunks
  const buildId = readBuildId(path);
  const requests = [
    { buildId: Buffer.from(buildId, "hex"), module: 1 },
    { buildId: Buffer.from(buildId, "hex"), module: 1 },
    { buildId: Buffer.alloc(20, 7), module: 2 },
    { buildId: Buffer.alloc(0), module: 1 },
  ];
  await connected({ requests }, async ({ store, driver }) => {
    await driver.run(`module ${buildId} ${path}`);
    await driver.run("put 60 100000");
    assert.equal(await driver.run("drain 60000"), "drained 1");
    await eventually(() => store.binaries.get(buildId)?.ended, "the upload ended");
    assert.equal(store.binaries.size, 1);
    assert.ok(Buffer.concat(store.binaries.get(buildId).chunks).equals(readFileSync(path)));
    assert.equal(store.binaries.get(buildId).largest, 256 << 10);
    assert.equal(store.single.blocks.length, 60);
    const stats = await driver.stats();
    assert.equal(stats.binariesRefused, 2);
    assert.ok(stats.pages < 2 << 20, `the buffer is given back: ${stats.pages}`);
  });
});

test("a file that was replaced, is gone, or is no ELF file is not sent; the reason is", async () => {
  const cases = [
    ["the file is not there any more", join(directory, "nothing")],
    ["the file was replaced: its build id differs", process.execPath],
    ["the file is not ELF", import.meta.filename],
    ["the module is not a file", "[elsewhere]"],
  ];
  for (const [reason, path] of cases) {
    const id = "01".repeat(20);
    await connected({ requests: [{ buildId: Buffer.from(id, "hex") }] }, async ({ store, driver }) => {
      await driver.run(`module ${id} ${path}`);
      await driver.run("put 1 100");
      assert.equal(await driver.run("drain 10000"), "drained 1");
      await eventually(() => store.binaries.get(id)?.ended, "an answer");
      assert.equal(store.binaries.get(id).error, reason);
    });
  }
});

test("the kernel's own object is sent as it lies in memory", async () => {
  const id = "02".repeat(20);
  await connected({ requests: [{ buildId: Buffer.from(id, "hex") }] }, async ({ store, driver }) => {
    await driver.run(`module ${id} [vdso]`);
    await driver.run("put 1 100");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    await eventually(() => store.binaries.get(id)?.ended, "the upload ended");
    const image = join(directory, "vdso");
    writeFileSync(image, Buffer.concat(store.binaries.get(id).chunks));
    assert.match(execFileSync("readelf", ["-W", "--dyn-syms", image], { encoding: "utf8" }), / __vdso_clock_gettime/);
  });
});

/** The description behind the header of the note NT_GNU_BUILD_ID, 20 bytes as linkers make it. */
function readBuildId(path) {
  const file = readFileSync(path);
  const header = Buffer.from("040000001400000003000000474e5500", "hex");
  const at = file.indexOf(header) + header.length;
  return file.subarray(at, at + 20).toString("hex");
}
