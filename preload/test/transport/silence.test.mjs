// Connections that die without a word: a proxy between the driver and a real server stops passing anything on.
import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { impatientDriver } from "./binaries.mjs";
import { Driver, eventually } from "./client.mjs";
import { targetOf } from "./secure.mjs";
import { Store, startServer } from "./server.mjs";

/** Passes bytes on in both directions, until `cut` is called: then nothing, and no end either, on what is open. */
async function startProxy(port) {
  const links = new Set();
  const proxy = net.createServer((near) => {
    const far = net.connect(port, "127.0.0.1");
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) socket.on("error", () => {});
    links.add({ near, far });
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  return {
    port: proxy.address().port,
    connections: () => links.size,
    cut: () => links.forEach(({ near, far }) => (near.unpipe(), far.unpipe())),
    close: () => {
      links.forEach(({ near, far }) => (near.destroy(), far.destroy()));
      proxy.close();
    },
  };
}

async function throughProxy(behaviour, body) {
  const store = new Store();
  const server = await startServer(store, "127.0.0.1:0", behaviour);
  const proxy = await startProxy(server.port);
  const driver = new Driver(impatientDriver);
  try {
    await driver.run(`open ${targetOf(proxy.port)}`);
    await body({ store, server, proxy, driver });
    await driver.end();
  } finally {
    driver.kill();
    proxy.close();
    server.kill();
  }
}

test("a quiet connection is kept alive by pings", async () => {
  await throughProxy({}, async ({ store, proxy, driver }) => {
    await driver.run("put 1 100");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    const { sentBytes } = await driver.stats();
    await eventually(async () => (await driver.stats()).sentBytes >= sentBytes + 5 * 17, "five pings of 17 bytes");
    assert.equal(proxy.connections(), 1);
    await driver.run("put 1 100");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    assert.equal(store.single.streams, 1);
  });
});

test("a connection that has died silently is noticed and replaced, and nothing is lost", async () => {
  await throughProxy({}, async ({ store, proxy, driver }) => {
    await driver.run("put 3 1000");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    proxy.cut();
    await driver.run("put 3 1000");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    assert.equal(proxy.connections(), 2);
    assert.equal((await driver.stats()).failures, 1);
    assert.deepEqual(store.single.blocks, [1n, 2n, 3n, 4n, 5n, 6n]);
  });
});

test("a server that never says Welcome is left for another attempt", async () => {
  await throughProxy({ welcome: false }, async ({ proxy, driver }) => {
    await driver.run("put 1 100");
    await eventually(() => proxy.connections() > 1, "a second attempt");
    assert.ok((await driver.stats()).failures >= 1);
  });
});
