// Servers that are no ingesters, or broken ones: each costs a counter and a wait, never a crash, never a block.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { driver as binary } from "./binaries.mjs";
import { Driver, eventually } from "./client.mjs";
import { createByteServer, createHttp2Server, targetOf } from "./secure.mjs";
import { Store, startServer } from "./server.mjs";

function listen(server) {
  return new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
}

/** The driver against `server`; afterwards against a good one, which must get every block. */
async function survives(server, body) {
  const sockets = new Set();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  const port = await listen(server);
  const store = new Store();
  const good = await startServer(store, "127.0.0.1:0");
  const driver = new Driver(binary);
  try {
    await driver.run(`open ${targetOf(port)}`);
    await driver.run("put 3 1000");
    await body(driver);
    assert.equal((await driver.stats()).first, 1, "nothing was taken for acknowledged");
    await driver.run(`open ${good.target}`);
    assert.equal(await driver.run("drain 10000"), "drained 1");
    assert.deepEqual(store.single.blocks, [1n, 2n, 3n]);
    assert.deepEqual(good.errors, []);
    await driver.end();
  } finally {
    driver.kill();
    good.kill();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

const untilFailure = (driver) => eventually(async () => (await driver.stats()).failures > 0, "a failure is counted");

const FRAME = {
  DATA: 0,
  HEADERS: 1,
  RST_STREAM: 3,
  SETTINGS: 4,
  PUSH_PROMISE: 5,
  PING: 6,
  GOAWAY: 7,
  WINDOW_UPDATE: 8,
};

function frame(type, flags, stream, payload = Buffer.alloc(0)) {
  const header = Buffer.alloc(9);
  header.writeUIntBE(payload.length, 0, 3);
  header[3] = type;
  header[4] = flags;
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

const settings = frame(FRAME.SETTINGS, 0, 0);
const okHeaders = frame(FRAME.HEADERS, 4, 1, Buffer.from([0x88])); // :status 200
const data = (bytes) => frame(FRAME.DATA, 0, 1, bytes);

function grpc(bytes, { flag = 0, size = bytes.length } = {}) {
  const prefix = Buffer.alloc(5);
  prefix[0] = flag;
  prefix.writeUInt32BE(size, 1);
  return Buffer.concat([prefix, bytes]);
}

const rawAnswers = {
  "an HTTP/1.1 server": Buffer.from("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
  "random bytes": randomBytes(100_000),
  "a frame longer than allowed": frame(FRAME.SETTINGS, 0, 0, Buffer.alloc(100_000)),
  "SETTINGS of a wrong size": frame(FRAME.SETTINGS, 0, 0, Buffer.alloc(7)),
  "a window of more than 2^31": Buffer.concat([
    settings,
    frame(FRAME.WINDOW_UPDATE, 0, 0, Buffer.from("7fffffff", "hex")),
  ]),
  "a stream nobody opened": Buffer.concat([settings, frame(FRAME.HEADERS, 4, 7, Buffer.from([0x88]))]),
  "a pushed stream": Buffer.concat([
    settings,
    frame(FRAME.SETTINGS, 1, 0),
    frame(FRAME.PUSH_PROMISE, 4, 1, Buffer.from("0000000288", "hex")),
  ]),
  "headers that are no HPACK": Buffer.concat([settings, frame(FRAME.HEADERS, 4, 1, Buffer.alloc(50, 0xff))]),
  "DATA before HEADERS": Buffer.concat([settings, data(grpc(Buffer.from("0a00", "hex")))]),
  RST_STREAM: Buffer.concat([settings, frame(FRAME.RST_STREAM, 0, 1, Buffer.from("00000002", "hex"))]),
  "GOAWAY with an error": Buffer.concat([settings, frame(FRAME.GOAWAY, 0, 0, Buffer.from("000000000000000b", "hex"))]),
  "a message announced with 4 GiB": Buffer.concat([
    settings,
    okHeaders,
    data(grpc(Buffer.alloc(100), { size: 0xffffffff })),
  ]),
  "a compressed message": Buffer.concat([settings, okHeaders, data(grpc(Buffer.from("0a00", "hex"), { flag: 1 }))]),
  "a message that is no protobuf": Buffer.concat([settings, okHeaders, data(grpc(Buffer.alloc(64, 0xff)))]),
  "an Ack before Welcome": Buffer.concat([settings, okHeaders, data(grpc(Buffer.from("12020801", "hex")))]),
  "Welcome twice": Buffer.concat([
    settings,
    okHeaders,
    data(Buffer.concat([grpc(Buffer.from("0a00", "hex")), grpc(Buffer.from("0a00", "hex"))])),
  ]),
  "an Ack of a block far ahead": Buffer.concat([
    settings,
    okHeaders,
    data(Buffer.concat([grpc(Buffer.from("0a00", "hex")), grpc(Buffer.from("120a08ffffffffffffffff7f", "hex"))])),
  ]),
};

for (const [name, answer] of Object.entries(rawAnswers)) {
  test(`${name}`, async () => {
    await survives(
      createByteServer((socket) => socket.once("data", () => socket.write(answer))),
      untilFailure,
    );
  });
}

test("every answer, cut at every place, then the end of the connection", async () => {
  const cuts = Object.values(rawAnswers).flatMap((answer) =>
    [1, 8, 9, 10, 20, 25].map((cut) => answer.subarray(0, cut)),
  );
  let served = 0;
  const server = createByteServer((socket) => {
    socket.on("data", () => {});
    socket.end(cuts[served++ % cuts.length]);
  });
  await survives(server, async (driver) => {
    for (let i = 0; i < cuts.length; i++) {
      const { failures } = await driver.stats();
      await driver.run(`open ${targetOf(server.address().port)}`); // at once, without waiting
      await eventually(async () => (await driver.stats()).failures > failures, "this one failed");
    }
    assert.ok(served >= cuts.length);
  });
});

test("bytes that come one by one", async () => {
  const welcome = Buffer.concat([settings, okHeaders, data(grpc(Buffer.from("0a00", "hex")))]);
  const server = createByteServer(async (socket) => {
    socket.setNoDelay(true);
    socket.on("data", () => {});
    for (const byte of welcome) {
      socket.write(Buffer.from([byte]));
      await new Promise(setImmediate);
    }
  });
  await survives(server, (driver) =>
    eventually(async () => (await driver.stats()).connections === 1, "Welcome was read"),
  );
});

for (const [status, longWait] of [
  [302, true],
  [404, true],
  [503, false],
]) {
  test(`HTTP status ${status} waits ${longWait ? "long" : "shortly"}`, async () => {
    const server = createHttp2Server();
    server.on("stream", (stream) => {
      stream.on("error", () => {});
      stream.respond({ ":status": status }, { endStream: true });
    });
    await survives(server, async (driver) => {
      await untilFailure(driver);
      const stats = await driver.stats();
      assert.equal(stats.timeoutMs > 25_000, longWait, `waits ${stats.timeoutMs} ms`);
    });
  });
}

for (const [status, longWait] of [
  [3, true],
  [7, true],
  [12, true],
  [14, false],
  [8, false],
  [13, false],
  ["x", false],
]) {
  test(`gRPC status ${status} waits ${longWait ? "long" : "shortly"}`, async () => {
    const server = createHttp2Server();
    server.on("stream", (stream) => {
      stream.on("error", () => {});
      stream.respond(
        { ":status": 200, "grpc-status": String(status), "grpc-message": "no%0Athanks%" },
        { endStream: true },
      );
    });
    await survives(server, async (driver) => {
      await untilFailure(driver);
      const stats = await driver.stats();
      assert.equal(stats.timeoutMs > 25_000, longWait, `waits ${stats.timeoutMs} ms`);
      assert.ok(longWait || stats.timeoutMs <= 5000);
    });
  });
}

test("a flood of SETTINGS and PINGs is cut off, in bounded memory", async () => {
  const flood = Buffer.concat(
    Array.from({ length: 2000 }, (_, i) => (i % 2 === 0 ? settings : frame(FRAME.PING, 0, 0, Buffer.alloc(8)))),
  );
  // It never reads, so the answers to its frames cannot leave.
  const server = createByteServer((socket) => {
    socket.pause();
    const more = () => {
      while (socket.writable && socket.write(flood));
    };
    socket.on("drain", more);
    more();
  });
  await survives(server, async (driver) => {
    await untilFailure(driver);
    const { pages } = await driver.stats();
    assert.ok(pages < 4 << 20, `${pages} bytes held`);
  });
});

test("a server that accepts and says nothing holds nothing up", async () => {
  await survives(
    createByteServer(() => {}),
    async (driver) => {
      await driver.run("settle 300");
      const started = Date.now();
      await driver.run("close");
      assert.ok(Date.now() - started < 100);
    },
  );
});
