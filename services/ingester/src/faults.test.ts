import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { create } from "@bufbuild/protobuf";
import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { eventually, startEmbedded } from "@heaphound/service-kit/testing";
import { clientMessage, HelloSchema, makeBlock, MAX_MESSAGE_BYTES } from "@heaphound/wire";
import { busyProcess, storedTotals } from "./test-support/busy-process.js";
import { TestDatabase } from "./test-support/database.js";
import { deliver } from "./test-support/deliver.js";
import { IngestClient } from "./test-support/ingest-client.js";
import { startIngester, type IngesterProcess } from "./test-support/ingester-process.js";
import { freePort } from "./test-support/ports.js";
import { START_NS, TestProcess } from "./test-support/test-process.js";

const LOST_AFTER_MS = 600;

let database: TestDatabase;
let ingester: IngesterProcess;

beforeAll(async () => {
  database = await TestDatabase.start();
  ingester = await startIngester(database.url, {
    HEAPHOUND_HELLO_TIMEOUT_MS: "300",
    HEAPHOUND_REFRESH_MS: "100",
    HEAPHOUND_LOST_AFTER_MS: String(LOST_AFTER_MS),
    HEAPHOUND_MAX_STREAMS: "20",
  });
});

afterAll(async () => {
  await ingester.stop();
  await database.stop();
});

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "heaphound-faults-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${ingester.httpUrl}/metrics`)).text();
  const line = text.split("\n").find((each) => each.startsWith(name.replace("}", "")));
  return Number(line?.split(" ").at(-1) ?? 0);
}

const rejected = (reason: string): Promise<number> => metric(`heaphound_ingester_rejected_total{reason="${reason}"}`);

interface ProcessRow {
  ended_ns: string;
  end_reason: string;
  last_seen_ns: string;
}

async function processRow(key: bigint): Promise<ProcessRow | undefined> {
  const rows = await database.rows<ProcessRow>(
    `SELECT ended_ns, end_reason, last_seen_ns FROM processes FINAL WHERE process = ${key}`,
  );
  return rows[0];
}

/** A process with one small block, on an open stream. */
async function openProcess(key: bigint): Promise<{ process: TestProcess; client: IngestClient }> {
  const process = new TestProcess(key);
  const stack = process.dictionary.stack([0x1000n]);
  process.addBlock([{ type: "allocation", ticks: 0, thread: 1, stack, sizeBytes: 10, key: 1 }]);
  const client = new IngestClient(ingester.url);
  await process.open(client);
  await client.send(process.blocks[0]!);
  await client.untilAcked(1);
  return { process, client };
}

const emptyEvents = { eventCount: 0, allocationCount: 0, columns: [] };
const clock = { baseTicks: 0n, baseUnixNs: START_NS, nsPerTick: 1 };
const block = (sequence: number, firstAllocation = 1): Uint8Array =>
  clientMessage({ case: "block", value: makeBlock({ sequence, firstAllocation, clock }, emptyEvents) });

describe("what a client must not send", () => {
  const cases: { name: string; message: () => Uint8Array; reason: string; code: status; says: RegExp }[] = [
    {
      name: "garbage",
      message: () => Buffer.from("GET / HTTP/1.1"),
      reason: "malformed_message",
      code: status.INVALID_ARGUMENT,
      says: /ClientMessage/,
    },
    {
      name: "nothing",
      message: () => new Uint8Array(0),
      reason: "malformed_message",
      code: status.INVALID_ARGUMENT,
      says: /empty/,
    },
    {
      name: "a truncated block",
      message: () => block(2).subarray(0, 9),
      reason: "malformed_message",
      code: status.INVALID_ARGUMENT,
      says: /ends within a field/,
    },
    {
      name: "a gap",
      message: () => block(3),
      reason: "sequence_gap",
      code: status.INVALID_ARGUMENT,
      says: /block 3 came where block 2 was expected/,
    },
    {
      name: "a block again",
      message: () => block(1),
      reason: "sequence_gap",
      code: status.INVALID_ARGUMENT,
      says: /block 1 came where block 2/,
    },
    {
      name: "a second Hello",
      message: () => clientMessage({ case: "hello", value: create(HelloSchema, {}) }),
      reason: "unexpected_message",
      code: status.INVALID_ARGUMENT,
      says: /hello/,
    },
    {
      name: "a dictionary after a block",
      message: () => clientMessage({ case: "dictionary", value: new TestProcess(1n).dictionary.take() }),
      reason: "unexpected_message",
      code: status.INVALID_ARGUMENT,
      says: /dictionary message came after a block/,
    },
    {
      name: "a message that is too large",
      message: () => new Uint8Array(MAX_MESSAGE_BYTES + 1),
      reason: "message_too_large",
      code: status.RESOURCE_EXHAUSTED,
      says: /8388609 bytes/,
    },
  ];

  it.for(cases)(
    "$name: ends that stream with a reason, is counted and recorded",
    async ({ message, reason, code, says }) => {
      const key = BigInt(0x100 + cases.findIndex((each) => each.message === message));
      const { client } = await openProcess(key);
      const bystander = await openProcess(key + 0x1000n);
      const before = await rejected(reason);
      await client.send(message());
      const ended = await client.ended;
      expect(ended.code).toBe(code);
      expect(ended.details).toMatch(says);
      expect(ended.details.startsWith(`${reason}: `)).toBe(true);
      expect(await rejected(reason)).toBe(before + 1);
      const [loss] = await eventually(async () => {
        const rows = await database.rows<{ kind: string; detail: string; block: number }>(
          `SELECT kind, detail, block FROM losses WHERE process = ${key}`,
        );
        return rows.length > 0 ? rows : null;
      });
      expect(loss).toMatchObject({ kind: "rejected_block", block: 2 });
      expect(loss!.detail).toMatch(says);
      // The other stream goes on.
      bystander.process.addBlock([]);
      await bystander.client.send(bystander.process.blocks[1]!);
      await bystander.client.untilAcked(2);
      bystander.client.abort();
    },
  );

  it("an unknown protocol version, a Hello without a key, or no Hello at all", async () => {
    const endOf = async (send: (client: IngestClient) => unknown): Promise<string> => {
      const client = new IngestClient(ingester.url);
      await Promise.resolve(send(client)).catch(() => undefined);
      const { code, details } = await client.ended;
      return `${code} ${details}`;
    };
    expect(await endOf((client) => client.hello({ process: 1n, protocolVersion: 2 }))).toMatch(
      /^3 unknown_version: .* version 1, the client version 2/,
    );
    expect(await endOf((client) => client.hello({ process: 0n }))).toMatch(/^3 bad_hello: Hello has no process key/);
    expect(await endOf((client) => client.send(block(1)))).toMatch(
      /^3 unexpected_message: a block message came before Hello/,
    );
    expect(await endOf(() => undefined)).toMatch(/^4 hello_timeout: no Hello came within 300 ms/);
  });

  it("a message so large that gRPC itself refuses it", async () => {
    const { client } = await openProcess(0x201n);
    await client.send(new Uint8Array(3 * MAX_MESSAGE_BYTES));
    expect(await client.ended).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  });

  it("bytes that are not HTTP/2, or a connection that says nothing: others do not notice", async () => {
    const bystander = await openProcess(0x202n);
    const [host, port] = ingester.url.split(":");
    for (const bytes of [
      randomBytes(100_000),
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
      Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "x".repeat(5_000)),
    ]) {
      const socket = connect(Number(port), host);
      socket.on("error", () => undefined);
      await once(socket, "connect");
      socket.write(bytes);
      socket.resume();
      await once(socket, "close");
    }
    const silent = connect(Number(port), host);
    await once(silent, "connect");
    bystander.process.addBlock([]);
    await bystander.client.send(bystander.process.blocks[1]!);
    await bystander.client.untilAcked(2);
    silent.destroy();
    bystander.client.abort();
  });

  it("a half-closed stream without Goodbye still hears what was stored", async () => {
    const process = new TestProcess(0x203n);
    for (let n = 0; n < 5; n++) process.addBlock([]);
    const client = new IngestClient(ingester.url);
    await process.open(client);
    for (const message of process.blocks) await client.send(message);
    expect(await client.end()).toMatchObject({ code: status.OK });
    expect(client.acked).toBe(5);
  });

  it("allocation numbers that go back", async () => {
    const { process, client } = await openProcess(0x200n);
    process.nextAllocation = 1;
    process.addBlock([{ type: "allocation", ticks: 0, thread: 1, stack: 1, sizeBytes: 10, key: 1 }]);
    await client.send(process.blocks[1]!);
    expect(await client.ended).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringContaining("allocation_order: block 2 starts at allocation 1") as string,
    });
  });

  it("more streams than are allowed: the next one is refused, the others stay", async () => {
    const clients = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => (await openProcess(BigInt(0x300 + n))).client),
    );
    const refused = new IngestClient(ingester.url);
    expect(await refused.ended).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      details: expect.stringContaining("HEAPHOUND_MAX_STREAMS") as string,
    });
    for (const client of clients) client.abort();
    await eventually(async () => (await metric("heaphound_ingester_streams{")) === 0);
  });
});

describe("processes that come and go", () => {
  it("are lost when their stream stays away, and run again when they come back", async () => {
    const { process, client } = await openProcess(0x401n);
    expect(await processRow(process.key)).toMatchObject({ ended_ns: "0", end_reason: "" });
    client.abort();
    const lost = await eventually(async () => {
      const row = await processRow(process.key);
      return row?.end_reason === "lost" ? row : null;
    });
    expect(lost.ended_ns).toBe(lost.last_seen_ns);
    const again = new IngestClient(ingester.url);
    expect(await process.open(again, 2)).toBe(1);
    await eventually(async () => (await processRow(process.key))?.end_reason === "");
    // The stack of the block before is known from the dictionary that was repeated.
    process.addBlock([{ type: "allocation", ticks: 9, thread: 1, stack: 1, sizeBytes: 20, key: 2 }]);
    await again.send(process.blocks[1]!);
    await again.untilAcked(2);
    expect(
      await database.rows(`SELECT id, stack, size FROM allocations WHERE process = ${process.key} ORDER BY id`),
    ).toEqual([
      { id: "1", stack: 1, size: "10" },
      { id: "2", stack: 1, size: "20" },
    ]);
    again.abort();
  });

  it("keep their own times when they are imported, and end where their events end", async () => {
    const process = new TestProcess(0x402n);
    process.addBlock([{ type: "allocation", ticks: 50_000_000, thread: 1, stack: 0, sizeBytes: 10, key: 1 }]);
    const client = new IngestClient(ingester.url, { isImport: true });
    await process.open(client);
    await client.send(process.blocks[0]!);
    await client.untilAcked(1);
    expect(await client.end()).toMatchObject({ code: status.OK });
    const end = (START_NS + 5_000_000_000n).toString();
    await eventually(async () => (await processRow(process.key))?.end_reason === "imported");
    expect(await processRow(process.key)).toEqual({ ended_ns: end, end_reason: "imported", last_seen_ns: end });
    // The same recording once more changes nothing.
    const again = new IngestClient(ingester.url, { isImport: true });
    expect(await process.open(again)).toBe(1);
    await again.end();
    expect(await database.rows(`SELECT count() AS rows FROM allocations WHERE process = ${process.key}`)).toEqual([
      { rows: "1" },
    ]);
  });

  it("end when another program takes their place under the same process id", async () => {
    const hello = {
      pid: 4_321,
      hostname: "host-1",
      pod: { namespace: "n", name: "pod-1", uid: "u", container: "c", node: "k" },
    };
    const run = async (key: bigint, more: object, startedUnixNs: bigint): Promise<IngestClient> => {
      const client = new IngestClient(ingester.url);
      await client.hello({ process: key, ...hello, ...more, startedUnixNs });
      return client;
    };
    const elsewhere = await run(0x404n, { hostname: "host-2" }, START_NS);
    const before = await run(0x405n, {}, START_NS);
    before.abort();
    await eventually(async () => (await metric("heaphound_ingester_streams{")) === 1);
    const shell = await run(0x406n, {}, START_NS + 1n);
    await eventually(async () => (await processRow(0x405n))?.end_reason === "exec");
    expect((await processRow(0x404n))?.end_reason).toBe("");
    expect((await processRow(0x406n))?.end_reason).toBe("");
    shell.abort();
    elsewhere.abort();
  });

  it("stay ended when an older stream of theirs was open until the end came on a newer one", async () => {
    const { process, client } = await openProcess(0x407n);
    const newer = new IngestClient(ingester.url);
    await process.open(newer, 2);
    await client.ended;
    await newer.send(process.goodbye());
    await newer.end();
    await eventually(async () => (await processRow(process.key))?.end_reason === "exit");
    // Every 100 ms a row of each stream that is open: three of another one later, one of the older stream would be there.
    const bystander = await openProcess(0x408n);
    const seen = new Set<string>();
    await eventually(async () => seen.add((await processRow(0x408n))?.last_seen_ns ?? "").size > 4);
    expect((await processRow(process.key))?.end_reason).toBe("exit");
    bystander.client.abort();
  });

  it("hand over to a newer stream of the same process", async () => {
    const { process, client } = await openProcess(0x403n);
    const newer = new IngestClient(ingester.url);
    expect(await process.open(newer, 2)).toBe(1);
    expect(await client.ended).toMatchObject({ code: status.ABORTED });
    newer.abort();
  });
});

describe("a ClickHouse that is away", () => {
  it("for some seconds, killed in the middle of inserts: nothing is lost and nothing is there twice", async ({
    signal,
  }) => {
    const environment = { HEAPHOUND_LISTEN: `127.0.0.1:${await freePort()}` };
    const own = await TestDatabase.start({ environment, dataDir: await temporaryDirectory() });
    const feeding = await startIngester(own.url, { HEAPHOUND_BATCH_MS: "20", HEAPHOUND_BATCH_MAX_MS: "20" });
    onTestFinished(async () => {
      await feeding.stop();
      await own.stop();
    });
    const busy = busyProcess(0x501n, 120);
    const delivered = deliver(busy.process, feeding.url, { signal });
    await eventually(async () => Number((await own.rows<{ n: string }>("SELECT count() AS n FROM blocks"))[0]?.n) > 10);
    await own.server.kill();
    await delay(2_000); // the outage itself
    const restarted = await startEmbedded({ dataDir: own.server.dataDir, environment });
    onTestFinished(() => restarted.stop());
    await delivered;
    expect(await storedTotals(own, busy.process.key)).toEqual(busy.totals);
    expect(feeding.log.some((line) => line.includes("ClickHouse did not take a batch, trying again"))).toBe(true);
  }, 180_000);

  it("or hangs: clients are held back, memory stays bounded, and all arrives afterwards", async () => {
    const own = await TestDatabase.start();
    const feeding = await startIngester(own.url, { HEAPHOUND_BATCH_ROWS: "20000" });
    onTestFinished(async () => {
      process.kill(own.server.pid, "SIGCONT");
      await feeding.stop();
      await own.stop();
    });
    const busy = busyProcess(0x502n, 60, 10_000);
    const client = new IngestClient(feeding.url);
    await busy.process.open(client);
    process.kill(own.server.pid, "SIGSTOP");
    let sent = 0;
    const heldBack = (async () => {
      for (const message of busy.process.blocks) {
        await client.send(message);
        sent++;
      }
    })();
    // Nothing moves any more although there is more to send.
    await eventually(async () => {
      const before = sent;
      await delay(500);
      return before > 0 && sent === before;
    });
    expect(sent).toBeLessThan(busy.process.blocks.length - 10);
    expect(await feeding.peakResidentBytes()).toBeLessThan(500 * 1024 * 1024);
    process.kill(own.server.pid, "SIGCONT");
    await heldBack;
    await client.untilAcked(busy.process.blocks.length);
    client.abort();
    expect(await storedTotals(own, busy.process.key)).toEqual(busy.totals);
  }, 60_000);
});

describe("an insert that was cut between a table and its rollup", () => {
  it("is mended when the process comes back", async ({ signal }) => {
    const busy = busyProcess(0x601n, 6);
    await deliver(busy.process, ingester.url, { signal });
    const settled = { lightweight_deletes_sync: "2" } as const;
    for (const query of [
      "DELETE FROM usage WHERE process = 0x601 AND stack = 3",
      "DELETE FROM blocks WHERE process = 0x601 AND block = 6",
    ]) {
      await database.client.command({ query, clickhouse_settings: settled });
    }
    expect(await storedTotals(database, busy.process.key)).not.toEqual(busy.totals);
    await deliver(busy.process, ingester.url, { signal });
    expect(await storedTotals(database, busy.process.key)).toEqual(busy.totals);
    expect(await metric("heaphound_ingester_usage_repairs_total{")).toBe(1);
  });
});
