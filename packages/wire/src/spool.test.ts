import { crc32 } from "node:zlib";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { ClientMessageSchema, Goodbye_Reason, type ClientMessage } from "./gen/heaphound/v1/ingest_pb.js";
import { readSpool, type RandomAccess } from "./spool.js";

const RING_BYTES = 8192;
const SECOND_NS = 1_000_000_000n;

type Body = NonNullable<Parameters<typeof create<typeof ClientMessageSchema>>[1]>["message"];
const encode = (message: Body): Uint8Array =>
  toBinary(ClientMessageSchema, create(ClientMessageSchema, { message } as never));
const hello = encode({ case: "hello", value: { process: 7n, protocolVersion: 1 } } as never);
const dictionary = encode({ case: "dictionary", value: { firstNode: 1, nodeCount: 3 } } as never);
const block = (sequence: number, bytes = 10): Uint8Array =>
  encode({
    case: "block",
    value: { sequence: BigInt(sequence), columns: [{ kind: 1, data: new Uint8Array(bytes) }] },
  } as never);

/** A spool file, written by the rules of docs/wire.md and by nobody's code but this. */
class SpoolFile implements RandomAccess {
  readonly bytes = Buffer.alloc(4096 + RING_BYTES + 4096);
  private definitionsBytes = 0;
  private definitions = 0;

  constructor() {
    this.bytes.write("HEAPSPL1");
    this.bytes.writeBigUInt64LE(7n, 8);
    this.bytes.writeBigUInt64LE(BigInt(RING_BYTES), 16);
    this.sum(0, 28);
  }

  state(version: number, firstOffset: number, firstSequence: number, endReason = 0): this {
    const at = version % 2 === 0 ? 512 : 1024;
    const values = [version, firstOffset, firstSequence, this.definitionsBytes];
    values.forEach((value, i) => this.bytes.writeBigUInt64LE(BigInt(value), at + 8 * i));
    this.bytes.writeBigUInt64LE(9n * SECOND_NS, at + 32);
    this.bytes.writeBigUInt64LE(8n * SECOND_NS, at + 40);
    this.bytes.writeUInt32LE(endReason, at + 48);
    this.sum(at, 52);
    return this;
  }

  define(...messages: Uint8Array[]): this {
    for (const message of messages) {
      const at = 4096 + RING_BYTES + this.definitionsBytes;
      this.definitionsBytes = this.record(at, 0x46454448, this.definitions++, message) - 4096 - RING_BYTES;
    }
    return this;
  }

  /** Returns where the next record goes. */
  record(at: number, kind: number, sequence: number, message: Uint8Array): number {
    this.bytes.writeUInt32LE(kind, at);
    this.bytes.writeUInt32LE(message.length, at + 4);
    this.bytes.writeBigUInt64LE(BigInt(sequence), at + 8);
    this.bytes.set(message, at + 24);
    this.bytes.writeUInt32LE(crc32(message, crc32(this.bytes.subarray(at, at + 20))), at + 20);
    return at + Math.ceil((24 + message.length) / 16) * 16;
  }

  blocks(at: number, ...sequences: number[]): number {
    for (const sequence of sequences) at = this.record(at, 0x4b4c4248, sequence, block(sequence));
    return at;
  }

  read(
    buffer: Uint8Array,
    { offset, length, position }: { offset: number; length: number; position: number },
  ): Promise<{ bytesRead: number }> {
    const part = this.bytes.subarray(position, position + length);
    buffer.set(part, offset);
    return Promise.resolve({ bytesRead: part.length });
  }

  private sum(at: number, length: number): void {
    this.bytes.writeUInt32LE(crc32(this.bytes.subarray(at, at + length)), at + length);
  }
}

async function readAll(file: RandomAccess): Promise<{ messages: ClientMessage["message"][]; tornBytes: number }> {
  const reader = readSpool(file);
  const messages: ClientMessage["message"][] = [];
  for (;;) {
    const next = await reader.next();
    if (next.done === true) return { messages, tornBytes: next.value.tornBytes };
    messages.push(fromBinary(ClientMessageSchema, next.value).message);
  }
}

const kindsOf = (messages: ClientMessage["message"][]): string[] =>
  messages.map(({ case: kind, value }) => (kind === "block" ? `block ${value.sequence}` : (kind ?? "")));

describe("readSpool", () => {
  it("gives the stream that the process would have sent: Hello, definitions, blocks, Goodbye", async () => {
    const file = new SpoolFile().define(hello, dictionary);
    file.blocks(4096, 5, 6);
    const { messages, tornBytes } = await readAll(file.state(1, 4096, 5));
    expect(kindsOf(messages)).toEqual(["hello", "dictionary", "block 5", "block 6", "goodbye"]);
    expect(messages[0]?.value).toMatchObject({ process: 7n, nextSequence: 5n });
    expect(messages.at(-1)?.value).toMatchObject({
      lastSequence: 6n,
      reason: Goodbye_Reason.KILLED,
      endedUnixNs: 9n * SECOND_NS,
      completeUnixNs: 8n * SECOND_NS,
    });
    expect(tornBytes).toBe(0);
  });

  it("tells the end that the process knew", async () => {
    const { messages } = await readAll(new SpoolFile().define(hello).state(1, 4096, 1, Goodbye_Reason.FATAL_SIGNAL));
    expect(messages.at(-1)?.value).toMatchObject({ reason: Goodbye_Reason.FATAL_SIGNAL, lastSequence: 0n });
  });

  it("follows links through the ring, and stops at records that are left from before", async () => {
    const file = new SpoolFile().define(hello);
    const next = file.blocks(4096, 1, 2, 3, 4); // 3 and 4 are left from before
    const first = file.blocks(9000 - (9000 % 16), 10, 11);
    file.record(first, 0x4b4e4c48, 12, new Uint8Array(new BigUint64Array([4096n]).buffer));
    file.blocks(4096, 12, 13);
    expect(next).toBeGreaterThan(4096);
    const { messages } = await readAll(file.state(1, 9000 - (9000 % 16), 10));
    expect(kindsOf(messages)).toEqual(["hello", "block 10", "block 11", "block 12", "block 13", "goodbye"]);
  });

  it("drops a block that was not finished, and counts it", async () => {
    const file = new SpoolFile().define(hello);
    const at = file.blocks(4096, 1, 2);
    const end = file.record(at, 0x4b4c4248, 3, block(3, 100));
    file.bytes.fill(0xee, at + 60, end);
    const { messages, tornBytes } = await readAll(file.state(1, 4096, 1));
    expect(kindsOf(messages)).toEqual(["hello", "block 1", "block 2", "goodbye"]);
    expect(tornBytes).toBe(block(3, 100).length);
    expect(messages.at(-1)?.value).toMatchObject({ tornBytes: BigInt(tornBytes) });
  });

  it("takes the newer state, and the older one when that was not finished", async () => {
    const file = new SpoolFile().define(hello);
    const second = file.blocks(4096, 1);
    file.blocks(second, 2);
    file.state(1, 4096, 1).state(2, second, 2);
    expect(kindsOf((await readAll(file)).messages)).toEqual(["hello", "block 2", "goodbye"]);
    file.bytes.fill(0xff, 512 + 20, 512 + 30);
    expect(kindsOf((await readAll(file)).messages)).toEqual(["hello", "block 1", "block 2", "goodbye"]);
  });

  it.each<[string, (file: SpoolFile) => unknown, RegExp]>([
    ["another file", (file) => file.bytes.fill(0x20, 0, 8), /HEAPSPL1/],
    ["a header that does not add up", (file) => file.bytes.fill(9, 17, 18), /header does not add up/],
    ["two damaged states", (file) => file.bytes.fill(9, 512, 1100), /both of its states/],
    [
      "a damaged definition",
      (file) => file.bytes.fill(9, 4096 + RING_BYTES + 30, 4096 + RING_BYTES + 31),
      /definition 0/,
    ],
    ["no definition", (file) => file.bytes.fill(0, 4096 + RING_BYTES), /definition 0/],
    ["a beginning outside of the ring", (file) => file.state(3, 1 << 30, 1), /begins at/],
  ])("refuses %s", async (_, damage, reason) => {
    const file = new SpoolFile().define(hello, dictionary).state(1, 4096, 1);
    damage(file);
    await expect(readAll(file)).rejects.toThrow(reason);
  });

  it("never fails otherwise, whatever byte is changed", async () => {
    const whole = new SpoolFile().define(hello, dictionary);
    whole.blocks(4096, 1, 2, 3);
    whole.state(1, 4096, 1).state(2, 4096, 1);
    for (let at = 0; at < whole.bytes.length; at += at < 1100 ? 1 : 37) {
      const file = new SpoolFile();
      whole.bytes.copy(file.bytes);
      file.bytes[at]! ^= 0x55;
      await readAll(file).catch((error: unknown) => expect(String(error)).toMatch(/this spool file cannot be read/));
    }
  });
});
