// Names, asked of a name server of ours: the driver sees an /etc/resolv.conf that names it, in a mount namespace of its own.
// That and port 53 want root; without it these cases are skipped.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { driver as binary } from "./binaries.mjs";
import { Driver } from "./client.mjs";
import { Store, startServer } from "./server.mjs";

const directory = mkdtempSync(join(tmpdir(), "heaphound-dns-"));
after(() => rmSync(directory, { recursive: true }));
const mayUnshare = spawnSync("unshare", ["--mount", "true"]).status === 0;
const skip = mayUnshare ? false : "needs root: a mount namespace and port 53";
const [A, AAAA] = [1, 28];

/** A name server on `address`; `answer(name, type)` gives addresses, a response code, or undefined for silence. */
async function nameServer(address, answer) {
  const asked = [];
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    const labels = [];
    let at = 12;
    for (; query[at] !== 0; at += query[at] + 1) labels.push(query.toString("ascii", at + 1, at + 1 + query[at]));
    const name = labels.join(".");
    const type = query.readUInt16BE(at + 1);
    asked.push(`${name} ${type === A ? "A" : type === AAAA ? "AAAA" : type}`);
    const found = answer(name, type);
    if (found === undefined) return;
    const reply = Buffer.isBuffer(found) ? found : makeReply(query.subarray(0, at + 5), found, type);
    socket.send(reply, from.port, from.address);
  });
  await new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(53, address, resolve);
  });
  return { asked, close: () => socket.close() };
}

function makeReply(question, found, type) {
  const head = Buffer.from(question);
  head[2] = 0x81;
  head[3] = 0x80 | (Array.isArray(found) ? 0 : found);
  const records = (Array.isArray(found) ? found : []).map((address) => {
    const data = Buffer.from(address);
    return Buffer.concat([Buffer.from([0xc0, 12, 0, type, 0, 1, 0, 0, 0, 5, 0, data.length]), data]);
  });
  head.writeUInt16BE(records.length, 6);
  return Buffer.concat([head, ...records]);
}

let cases = 0;

/** Runs the driver against `host`, found by name servers that answer as given. */
async function lookUp(host, { answers, options = "" }, body) {
  const base = `127.53.${process.pid % 250}`;
  const addresses = answers.map((_, i) => `${base}.${cases * 4 + i + 1}`);
  const conf = join(directory, `resolv.conf.${cases++}`);
  writeFileSync(conf, `${addresses.map((address) => `nameserver ${address}`).join("\n")}\n${options}\n`);
  const servers = await Promise.all(answers.map((answer, i) => nameServer(addresses[i], answer)));
  const store = new Store();
  const server = await startServer(store, "127.0.0.1:0");
  const enter = `mount --bind ${conf} /etc/resolv.conf && exec ${binary} "$@"`;
  const driver = new Driver("unshare", {
    before: ["--mount", "sh", "-c", enter, "driver"],
    env: { HEAPHOUND_LOG: "debug" },
  });
  try {
    await driver.run(`open ${host}:${server.port}`);
    await driver.run("put 1 100");
    await body({ driver, store, asked: servers.map(({ asked }) => asked) });
    await driver.end();
  } finally {
    driver.kill();
    server.kill();
    for (const { close } of servers) close();
  }
}

const only = (wanted, address) => (name, type) => {
  if (name !== wanted) return 3;
  return type === A ? [address] : [];
};

test("a short name is found by the search list, in its order", { skip }, async () => {
  const answers = [only("ingester.b.test", [127, 0, 0, 1])];
  await lookUp("ingester", { answers, options: "search a.test b.test c.test\noptions ndots:5" }, async (at) => {
    assert.equal(await at.driver.run("drain 10000"), "drained 1");
    assert.deepEqual(at.asked[0], [
      "ingester.a.test A",
      "ingester.a.test AAAA",
      "ingester.b.test A",
      "ingester.b.test AAAA",
    ]);
  });
});

test("a name with enough dots is asked for as it stands", { skip }, async () => {
  const answers = [only("ingester.heaphound.test", [127, 0, 0, 1])];
  await lookUp("ingester.heaphound.test", { answers, options: "search a.test" }, async (at) => {
    assert.equal(await at.driver.run("drain 10000"), "drained 1");
    assert.equal(at.asked[0].length, 2);
  });
});

test("of several addresses the first one that answers is taken", { skip }, async () => {
  const addresses = [
    [240, 0, 0, 1], // nobody's
    [127, 0, 0, 1],
  ];
  const answers = [(_, type) => (type === A ? addresses : [])];
  await lookUp("two.test", { answers }, async ({ driver }) => {
    assert.equal(await driver.run("drain 15000"), "drained 1");
  });
});

test("a name server that cannot tell, or is silent, is passed over", { skip }, async () => {
  const good = only("ingester.test", [127, 0, 0, 1]);
  await lookUp("ingester.test", { answers: [() => 2, good] }, async ({ driver, asked }) => {
    const started = Date.now();
    assert.equal(await driver.run("drain 10000"), "drained 1");
    assert.ok(Date.now() - started < 1500, "a refusal is not waited for");
    assert.ok(asked[0].length > 0);
  });
  await lookUp("ingester.test", { answers: [() => undefined, good] }, async ({ driver }) => {
    assert.equal(await driver.run("drain 10000"), "drained 1");
  });
});

test("garbage for an answer is no answer", { skip }, async () => {
  const garbage = () => Buffer.alloc(600, 0xc0);
  await lookUp("ingester.test", { answers: [garbage, only("ingester.test", [127, 0, 0, 1])] }, async ({ driver }) => {
    assert.equal(await driver.run("drain 10000"), "drained 1");
  });
});

test("a name that is not there is a failure that says so, and is asked for again", { skip }, async () => {
  await lookUp("nowhere.test", { answers: [() => 3] }, async ({ driver, asked }) => {
    assert.equal(await driver.run("settle 5000"), "settled -113");
    await driver.run("drain 500");
    assert.match(driver.stderr, /no connection \(error 113\)/);
    assert.ok(asked[0].length >= 4, `asked ${asked[0].length} times`);
  });
});
