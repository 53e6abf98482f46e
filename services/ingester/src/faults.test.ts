import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect } from "node:net";
import { create } from "@bufbuild/protobuf";
import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@heaphound/service-kit/testing";
import { clientMessage, HelloSchema, makeBlock, MAX_MESSAGE_BYTES } from "@heaphound/wire";
import { IngestClient } from "./test-support/ingest-client.js";
import { RunningIngester } from "./test-support/running-ingester.js";
import { START_NS, TestProcess } from "./test-support/test-process.js";

let running: RunningIngester;

beforeAll(async () => {
  running = await RunningIngester.start({ HEAPHOUND_HELLO_TIMEOUT_MS: "300", HEAPHOUND_MAX_STREAMS: "20" });
});
afterAll(() => running.stop());

const rejected = (reason: string): Promise<number> =>
  running.metric(`heaphound_ingester_rejected_total{reason="${reason}"}`);

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
      const { client } = await running.openProcess(key);
      const bystander = await running.openProcess(key + 0x1000n);
      const before = await rejected(reason);
      await client.send(message());
      const ended = await client.ended;
      expect(ended.code).toBe(code);
      expect(ended.details).toMatch(says);
      expect(ended.details.startsWith(`${reason}: `)).toBe(true);
      expect(await rejected(reason)).toBe(before + 1);
      const [loss] = await eventually(async () => {
        const rows = await running.database.rows<{ kind: string; detail: string; block: number }>(
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
      const client = new IngestClient(running.url);
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
    const { client } = await running.openProcess(0x201n);
    await client.send(new Uint8Array(3 * MAX_MESSAGE_BYTES));
    expect(await client.ended).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  });

  it("bytes that are not HTTP/2, or a connection that says nothing: others do not notice", async () => {
    const bystander = await running.openProcess(0x202n);
    const [host, port] = running.url.split(":");
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
    const client = new IngestClient(running.url);
    await process.open(client);
    for (const message of process.blocks) await client.send(message);
    expect(await client.end()).toMatchObject({ code: status.OK });
    expect(client.acked).toBe(5);
  });

  it("allocation numbers that go back", async () => {
    const { process, client } = await running.openProcess(0x200n);
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
      Array.from({ length: 20 }, async (_, n) => (await running.openProcess(BigInt(0x300 + n))).client),
    );
    const refused = new IngestClient(running.url);
    expect(await refused.ended).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      details: expect.stringContaining("HEAPHOUND_MAX_STREAMS") as string,
    });
    for (const client of clients) client.abort();
    await eventually(async () => (await running.metric("heaphound_ingester_streams{")) === 0);
  });
});
