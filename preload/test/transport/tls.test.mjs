// TLS against openssl's implementation (Node's): whom the library trusts, what it says when it does not, and that
// nothing but a counter and a wait follows.
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import tls from "node:tls";
import { driver as binary, impatientDriver, library } from "./binaries.mjs";
import { Authority } from "./certificates.mjs";
import { Driver, eventually } from "./client.mjs";
import { ServerCredentials, Store, startServer } from "./server.mjs";
import { spawn } from "node:child_process";

const directory = mkdtempSync(join(tmpdir(), "heaphound-tls-"));
after(() => rmSync(directory, { recursive: true }));

const ours = new Authority();
const other = new Authority();
const good = ours.issue();

/** An ingester with this certificate; `clients` is the authority of clients that it demands a certificate of. */
function startTls(store, { cert, key }, { clients, ...behaviour } = {}, address = "127.0.0.1:0") {
  const credentials = ServerCredentials.createSsl(
    clients?.pem ?? null,
    [{ cert_chain: cert, private_key: key }],
    clients !== undefined,
  );
  return startServer(store, address, { ...behaviour, credentials });
}

/** The driver against a server with this leaf; `body` gets both. */
async function meeting(leaf, behaviour, body, { env = {}, host = "127.0.0.1" } = {}) {
  const store = new Store();
  const server = await startTls(store, leaf, behaviour);
  const driver = new Driver(binary, { env: { HEAPHOUND_CA_FILE: ours.file, HEAPHOUND_LOG: "debug", ...env } });
  try {
    await driver.run(`open https://${host}:${server.port}`);
    await driver.run("put 3 1000");
    await body({ store, server, driver });
    await driver.end();
  } finally {
    driver.kill();
    server.kill();
  }
}

async function isDelivered({ store, driver }) {
  assert.equal(await driver.run("drain 10000"), "drained 1");
  assert.deepEqual(store.single.blocks, [1n, 2n, 3n]);
  assert.equal((await driver.stats()).tlsFailures, 0);
}

function isRefused(reason) {
  return async ({ server, driver }) => {
    await eventually(async () => (await driver.stats()).tlsFailures > 0, "a failure is counted");
    const { tlsFailures, acked, timeoutMs } = await driver.stats();
    assert.ok(tlsFailures > 0);
    assert.equal(acked, 0);
    assert.ok(timeoutMs <= 5000, "another attempt is near");
    assert.match(driver.stderr, reason);
    assert.equal(server.calls.size, 0);
  };
}

const certificates = {
  "an elliptic key": [{ key: "ec" }],
  "an RSA key": [{ key: "rsa" }],
  "the host's name": [{ names: "DNS:localhost" }, "localhost"],
  "a wildcard that does not cover it": [{ names: "DNS:*.localhost" }, "localhost", /for another host/],
  "the name of another host": [{ names: "DNS:ingester.example" }, "localhost", /for another host/],
  "a name but not the address": [{ names: "DNS:localhost" }, "127.0.0.1", /for another host/],
  "another address": [{ names: "IP:127.0.0.2" }, "127.0.0.1", /for another host/],
  "an end in the past": [{ days: 0 }, "127.0.0.1", /has expired/],
  "a use for clients only": [{ usage: "clientAuth" }, "127.0.0.1", /not for servers/],
};

for (const [name, [leaf, host = "127.0.0.1", refusal]] of Object.entries(certificates)) {
  test(`a certificate with ${name} is ${refusal ? "refused" : "accepted"}`, async () => {
    await meeting(ours.issue(leaf), {}, refusal ? isRefused(refusal) : isDelivered, { host });
  });
}

test("a certificate of an unknown authority is refused, and the reason is said once", async () => {
  await meeting(
    other.issue(),
    {},
    async (parts) => {
      await isRefused(/signed by an unknown authority: see HEAPHOUND_CA_FILE/)(parts);
      await eventually(async () => (await parts.driver.stats()).tlsFailures > 2, "more attempts");
      assert.equal(parts.driver.stderr.match(/unknown authority/g).length, 1);
    },
    { env: { HEAPHOUND_LOG: "error" } },
  );
});

test("without HEAPHOUND_CA_FILE the system decides, and the system does not know this one", async () => {
  await meeting(good, {}, isRefused(/unknown authority|certificates cannot be used/), {
    env: { HEAPHOUND_CA_FILE: "" },
  });
});

for (const [name, text] of Object.entries({ "is missing": undefined, "is no PEM": "certificate\n", "is empty": "" })) {
  test(`a CA file that ${name} ends in a clear message, not in plain text`, async () => {
    const file = join(directory, `ca ${name}`);
    if (text !== undefined) writeFileSync(file, text);
    await meeting(good, {}, isRefused(/HEAPHOUND_CA_FILE: cannot use/), { env: { HEAPHOUND_CA_FILE: file } });
  });
}

test("a server that demands a certificate gets ours", async () => {
  const client = ours.issue({ usage: "clientAuth", names: "DNS:pod" });
  await meeting(good, { clients: ours }, isDelivered, {
    env: { HEAPHOUND_CERT_FILE: client.certFile, HEAPHOUND_KEY_FILE: client.keyFile },
  });
});

test("a server that demands a certificate, and gets none or one that it does not know", async () => {
  const stranger = other.issue({ usage: "clientAuth" });
  // Node looks at who signed a certificate after the handshake, and then only closes the connection.
  const cases = [
    [{}, /wants a certificate of ours: see HEAPHOUND_CERT_FILE/],
    [{ HEAPHOUND_CERT_FILE: stranger.certFile, HEAPHOUND_KEY_FILE: stranger.keyFile }, /the stream ended: error/],
  ];
  for (const [env, reason] of cases) {
    await meeting(
      good,
      { clients: ours },
      async ({ driver, server }) => {
        // With TLS 1.3 the client is through before the server has looked at its certificate.
        await eventually(async () => (await driver.stats()).failures > 0, "the connection is lost");
        assert.equal((await driver.stats()).acked, 0);
        assert.equal(server.calls.size, 0);
        await eventually(() => reason.test(driver.stderr), "a reason");
      },
      { env },
    );
  }
});

test("certificates are replaced while the process streams: those of the server, and the authority", async () => {
  const caFile = join(directory, "rotating-ca.crt");
  copyFileSync(ours.file, caFile);
  const store = new Store();
  let server = await startTls(store, good);
  const driver = new Driver(binary, { env: { HEAPHOUND_CA_FILE: caFile } });
  const again = async (leaf) => {
    const { port } = server;
    server.kill();
    await eventually(
      async () => (server = await startTls(store, leaf, {}, `127.0.0.1:${port}`).catch(() => undefined)),
      "port",
    );
  };
  try {
    await driver.run(`open https://127.0.0.1:${server.port}`);
    await driver.run("put 5 50000");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    copyFileSync(other.file, caFile);
    await again(other.issue());
    await driver.run("put 5 50000");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    await again(good); // an authority of yesterday
    await driver.run("put 5 50000");
    await eventually(async () => (await driver.stats()).tlsFailures > 0, "it is not trusted any more");
    assert.equal((await driver.stats()).acked, 10);
    copyFileSync(ours.file, caFile);
    assert.equal(await driver.run("drain 20000"), "drained 1");
    assert.equal(store.single.blocks.length, 15);
    assert.deepEqual(server.errors, []);
    await driver.end();
  } finally {
    driver.kill();
    server?.kill();
  }
});

test("a server with TLS that cannot be trusted is passed over for one that can", async () => {
  const [bad, store] = [await startTls(new Store(), other.issue()), new Store()];
  const server = await startTls(store, good);
  const driver = new Driver(binary, { env: { HEAPHOUND_CA_FILE: ours.file } });
  try {
    await driver.run(`open https://127.0.0.1:${bad.port},https://127.0.0.1:${server.port}`);
    await driver.run("put 3 1000");
    assert.equal(await driver.run("drain 10000"), "drained 1");
    assert.equal(store.single.blocks.length, 3);
    await driver.end();
  } finally {
    driver.kill();
    bad.kill();
    server.kill();
  }
});

/** The driver against a server of bytes; it must count a failure within seconds and live. */
async function isSurvived(server, reason, { driverBinary = binary } = {}) {
  const sockets = new Set();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  server.on("tlsClientError", () => {});
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const driver = new Driver(driverBinary, { env: { HEAPHOUND_CA_FILE: ours.file, HEAPHOUND_LOG: "debug" } });
  try {
    await driver.run(`open https://127.0.0.1:${server.address().port}`);
    await driver.run("put 1 1000");
    await eventually(async () => (await driver.stats()).tlsFailures > 0, "a failure is counted");
    assert.equal((await driver.stats()).acked, 0);
    if (reason) assert.match(driver.stderr, reason);
    await driver.end();
  } finally {
    driver.kill();
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

test("a server without ALPN is not spoken to: it may take our words for something else", async () => {
  const server = tls.createServer({ cert: good.cert, key: good.key });
  let heard = 0;
  server.on("secureConnection", (socket) => socket.on("data", (data) => (heard += data.length)));
  await isSurvived(server, /does not speak HTTP\/2/);
  assert.equal(heard, 0);
});

test("TLS 1.2 is enough", async () => {
  tls.DEFAULT_MAX_VERSION = "TLSv1.2";
  try {
    await meeting(good, {}, isDelivered);
  } finally {
    tls.DEFAULT_MAX_VERSION = "TLSv1.3";
  }
});

test("TLS 1.1 is not", async () => {
  const options = {
    cert: good.cert,
    key: good.key,
    minVersion: "TLSv1",
    maxVersion: "TLSv1.1",
    ciphers: "ALL:@SECLEVEL=0",
  };
  await isSurvived(tls.createServer(options), /another version of TLS|TLS failed|alert/);
});

const record = (type, body, length = body.length) =>
  Buffer.concat([Buffer.from([type, 3, 3, length >> 8, length & 255]), body]);
const answers = {
  "plain text": Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n"),
  "plain HTTP/2": Buffer.from("000000040000000000", "hex"),
  "an alert": record(21, Buffer.from([2, 40])),
  "an empty record": record(22, Buffer.alloc(0)),
  "a record longer than allowed": record(22, Buffer.alloc(20_000, 2)),
  "application data first": record(23, Buffer.alloc(100)),
  "a hello of zeros": record(22, Buffer.concat([Buffer.from([2, 0, 0, 60]), Buffer.alloc(60)])),
  "a hello of 16 MiB": record(22, Buffer.concat([Buffer.from([2, 255, 255, 255]), Buffer.alloc(60, 3)])),
  "a request to renegotiate": record(22, Buffer.from([0, 0, 0, 0])),
};

for (const [name, answer] of Object.entries(answers)) {
  test(`${name} for a handshake`, async () => {
    await isSurvived(
      net.createServer((socket) => socket.once("data", () => socket.end(answer))),
      /no TLS connection/,
    );
  });
}

/** Passes on `bytes` of what the server says, damaged by `change`, then no more. */
function startMeddler(port, bytes, change) {
  return net.createServer((near) => {
    const far = net.connect(port, "127.0.0.1");
    let passed = 0;
    far.on("error", () => {});
    near.pipe(far);
    far.on("data", (data) => {
      const part = data.subarray(0, bytes - passed);
      near.write(change(part, passed));
      passed += part.length;
      if (passed >= bytes) near.end();
    });
    near.on("close", () => far.destroy());
  });
}

test("a handshake that is cut anywhere, or has a bit turned anywhere", async () => {
  const server = await startTls(new Store(), good);
  const turned = (at) => (part, passed) => {
    const copy = Buffer.from(part);
    if (at >= passed && at < passed + part.length) copy[at - passed] ^= 4;
    return copy;
  };
  try {
    for (const cut of [1, 5, 6, 80, 127, 200, 500]) await isSurvived(startMeddler(server.port, cut, (part) => part));
    for (const at of [0, 5, 9, 44, 100, 140, 300]) await isSurvived(startMeddler(server.port, 700, turned(at)));
  } finally {
    server.kill();
  }
});

test("records that are damaged in mid-stream end that connection; nothing is lost", async () => {
  const store = new Store();
  const server = await startTls(store, good);
  let damage = 2;
  const proxy = net.createServer((near) => {
    const far = net.connect(server.port, "127.0.0.1");
    near.pipe(far);
    let passed = 0;
    far.on("data", (data) => {
      const copy = Buffer.from(data);
      passed += data.length;
      if (passed > 2500 && damage > 0 && data.length > 20) {
        damage--;
        copy[copy.length - 3] ^= 1;
      }
      near.write(copy);
    });
    for (const socket of [near, far]) socket.on("error", () => {});
    near.on("close", () => far.destroy());
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const driver = new Driver(binary, { env: { HEAPHOUND_CA_FILE: ours.file } });
  try {
    await driver.run(`open https://127.0.0.1:${proxy.address().port}`);
    for (let i = 0; i < 60; i++) {
      await driver.run("put 1 3000");
      await driver.run("settle 1000");
    }
    assert.equal(await driver.run("drain 20000"), "drained 1");
    assert.equal(damage, 0);
    assert.equal(store.single.acked, 60n);
    await driver.end();
  } finally {
    driver.kill();
    proxy.close();
    server.kill();
  }
});

test("a peer that accepts and never shakes hands is given up", async () => {
  await isSurvived(
    net.createServer(() => {}),
    /does not answer in time/,
    { driverBinary: impatientDriver },
  );
});

test("the token goes out by TLS or on this machine only", async () => {
  const file = join(directory, "token");
  writeFileSync(file, "secret");
  const seen = [];
  const authorize = (metadata) => seen.push(metadata.get("authorization")[0]);
  const env = { HEAPHOUND_TOKEN_FILE: file };
  await meeting(good, { authorize }, isDelivered, { env });
  assert.deepEqual(seen, ["Bearer secret"]);
});

test("the library in a real program: TLS, and a program that forks", async () => {
  const store = new Store();
  const server = await startTls(store, good, { check: () => {} });
  const script =
    "import os; x=[bytes(9000) for i in range(3000)]; p=os.fork()\nif p: os.wait()\nx=[bytes(9000) for i in range(3000)]";
  const child = spawn("/usr/bin/python3", ["-c", script], {
    env: {
      ...process.env,
      LD_PRELOAD: library,
      HEAPHOUND_SERVER: `https://127.0.0.1:${server.port}`,
      HEAPHOUND_CA_FILE: ours.file,
      HEAPHOUND_FOLLOW: "children",
      HEAPHOUND_LOG: "error",
    },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let output = "";
  child.stderr.on("data", (text) => (output += text));
  const code = await new Promise((resolve) => child.on("close", resolve));
  server.kill();
  assert.equal(code, 0);
  assert.equal(output, "");
  assert.equal(store.processes.size, 2);
  for (const { goodbye } of store.processes.values()) assert.equal(goodbye?.reason, 1);
});
