import { crc32 } from "node:zlib";
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { readEnvelope } from "./envelope.js";
import { WireError } from "./error.js";
import { ClientMessageSchema, Goodbye_Reason, HelloSchema } from "./gen/heaphound/v1/ingest_pb.js";
import { MAX_MESSAGE_BYTES } from "./limits.js";
import type { RecordingEnd } from "./recording.js";

/** The first bytes of a spool file ("Spool files" in docs/wire.md). */
export const SPOOL_MAGIC = new TextEncoder().encode("HEAPSPL1");

const RING_OFFSET = 4096;
const HEADER_BYTES = 32;
const STATE_BYTES = 56;
const STATE_OFFSETS = [512, 1024];
const RECORD_BYTES = 24;
const LINK_BYTES = 8;
const ALIGNMENT = 16;
const KIND = { block: 0x4b4c4248, link: 0x4b4e4c48, definition: 0x46454448 };

/** By the number in the file; 0 while the process had not said that it ends. */
const { KILLED, EXIT, STOPPED, FATAL_SIGNAL, EXEC } = Goodbye_Reason;
const REASONS: readonly Goodbye_Reason[] = [KILLED, EXIT, STOPPED, FATAL_SIGNAL, EXEC];

/** What of a FileHandle is needed. */
export interface RandomAccess {
  read(
    buffer: Uint8Array,
    options: { offset: number; length: number; position: number },
  ): Promise<{ bytesRead: number }>;
}

interface SpoolState {
  version: bigint;
  firstOffset: number;
  firstSequence: bigint;
  definitionsBytes: number;
  aliveUnixNs: bigint;
  completeUnixNs: bigint;
  endReason: number;
}

interface SpoolRecord {
  message: Uint8Array;
  end: number;
}

/**
 * Reads what a process has left in its spool file as the ClientMessages of its stream: Hello, definitions of acknowledged
 * blocks, the blocks that are left, Goodbye. A damaged tail is dropped and counted; anything else that is wrong throws
 * WireError.
 */
export async function* readSpool(file: RandomAccess): AsyncGenerator<Uint8Array, RecordingEnd, undefined> {
  const reader = new SpoolReader(file);
  const { ringBytes } = await reader.header();
  const state = await reader.state();
  if (state.firstOffset < RING_OFFSET || state.firstOffset > RING_OFFSET + ringBytes)
    throw damaged(`it begins at ${state.firstOffset}`);
  let messages = 0;
  for await (const message of reader.definitions(RING_OFFSET + ringBytes, state.definitionsBytes)) {
    yield messages++ === 0 ? withNextSequence(message, state.firstSequence) : message;
  }
  if (messages === 0) throw damaged("it holds no Hello");
  let last = state.firstSequence - 1n;
  const blocks = reader.blocks(ringBytes, state);
  for (;;) {
    const next = await blocks.next();
    if (next.done === true) {
      yield goodbye(state, last, next.value);
      return { messages: messages + 1, tornBytes: next.value };
    }
    yield next.value;
    messages++;
    last++;
  }
}

class SpoolReader {
  constructor(private readonly file: RandomAccess) {}

  async header(): Promise<{ ringBytes: number }> {
    const bytes = await this.bytes(0, HEADER_BYTES);
    if (!bytes || Buffer.compare(bytes.subarray(0, 8), SPOOL_MAGIC) !== 0)
      throw damaged("it does not start with HEAPSPL1");
    if (!isWhole(bytes)) throw damaged("its header does not add up");
    const ringBytes = viewOf(bytes).getBigUint64(16, true);
    if (ringBytes > 1n << 40n) throw damaged("its header makes no sense");
    return { ringBytes: Number(ringBytes) };
  }

  /** The newer one of the two that are whole. */
  async state(): Promise<SpoolState> {
    let newest: SpoolState | null = null;
    for (const offset of STATE_OFFSETS) {
      const bytes = await this.bytes(offset, STATE_BYTES);
      if (!bytes || !isWhole(bytes)) continue;
      const state = parseState(viewOf(bytes));
      if (newest === null || state.version > newest.version) newest = state;
    }
    if (newest === null) throw damaged("both of its states are damaged");
    return newest;
  }

  async *definitions(offset: number, byteCount: number): AsyncGenerator<Uint8Array, void, undefined> {
    let at = offset;
    for (let index = 0n; at < offset + byteCount; index++) {
      const record = await this.record(at, { kind: KIND.definition, sequence: index, end: offset + byteCount });
      if (!record) throw damaged(`definition ${index} is damaged`);
      yield record.message;
      at = record.end;
    }
  }

  /** Blocks in order. Returns the bytes of a last one that was cut off. */
  async *blocks(ringBytes: number, state: SpoolState): AsyncGenerator<Uint8Array, number, undefined> {
    const end = RING_OFFSET + ringBytes;
    let at = state.firstOffset;
    for (let sequence = state.firstSequence; ; sequence++) {
      at = await this.follow(at, sequence, end);
      const record = await this.record(at, { kind: KIND.block, sequence, end });
      if (!record) return this.tornBytes(at, sequence);
      yield record.message;
      at = record.end;
    }
  }

  /** Where the block lies: there, or where a link that stands there says. */
  private async follow(at: number, sequence: bigint, end: number): Promise<number> {
    const link = await this.record(at, { kind: KIND.link, sequence, end });
    if (link?.message.length !== LINK_BYTES) return at;
    const to = viewOf(link.message).getBigUint64(0, true);
    return to >= RING_OFFSET && to < end ? Number(to) : at;
  }

  private async tornBytes(at: number, sequence: bigint): Promise<number> {
    const bytes = await this.bytes(at, RECORD_BYTES);
    if (!bytes) return 0;
    const view = viewOf(bytes);
    const isBegun = view.getUint32(0, true) === KIND.block && view.getBigUint64(8, true) === sequence;
    return isBegun ? view.getUint32(4, true) : 0;
  }

  private async record(
    at: number,
    wanted: { kind: number; sequence: bigint; end: number },
  ): Promise<SpoolRecord | null> {
    const head = await this.bytes(at, RECORD_BYTES);
    if (!head) return null;
    const view = viewOf(head);
    const size = view.getUint32(4, true);
    const end = at + Math.ceil((RECORD_BYTES + size) / ALIGNMENT) * ALIGNMENT;
    if (view.getUint32(0, true) !== wanted.kind || view.getBigUint64(8, true) !== wanted.sequence) return null;
    if (size > MAX_MESSAGE_BYTES || end > wanted.end + ALIGNMENT) return null;
    const message = await this.bytes(at + RECORD_BYTES, size);
    if (!message) return null;
    const sum = crc32(message, crc32(head.subarray(0, RECORD_BYTES - 4)));
    return sum === view.getUint32(RECORD_BYTES - 4, true) ? { message, end } : null;
  }

  /** Null when the file ends before. */
  private async bytes(position: number, length: number): Promise<Uint8Array | null> {
    const buffer = new Uint8Array(length);
    let offset = 0;
    while (offset < length) {
      const { bytesRead } = await this.file.read(buffer, {
        offset,
        length: length - offset,
        position: position + offset,
      });
      if (bytesRead === 0) return null;
      offset += bytesRead;
    }
    return buffer;
  }
}

function parseState(view: DataView): SpoolState {
  return {
    version: view.getBigUint64(0, true),
    firstOffset: Number(view.getBigUint64(8, true)),
    firstSequence: view.getBigUint64(16, true),
    definitionsBytes: Number(view.getBigUint64(24, true)),
    aliveUnixNs: view.getBigUint64(32, true),
    completeUnixNs: view.getBigUint64(40, true),
    endReason: view.getUint32(48, true),
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The last four bytes are the sum of those before. */
function isWhole(bytes: Uint8Array): boolean {
  return crc32(bytes.subarray(0, -4)) === viewOf(bytes).getUint32(bytes.length - 4, true);
}

function withNextSequence(message: Uint8Array, nextSequence: bigint): Uint8Array {
  const { kind, body } = readEnvelope(message);
  if (kind !== "hello") throw damaged("its first definition is not Hello");
  const value = fromBinary(HelloSchema, body);
  value.nextSequence = nextSequence;
  return toBinary(ClientMessageSchema, create(ClientMessageSchema, { message: { case: "hello", value } }));
}

function goodbye(state: SpoolState, lastSequence: bigint, tornBytes: number): Uint8Array {
  const wasKilled = state.endReason === 0;
  const value = {
    lastSequence,
    endedUnixNs: state.aliveUnixNs,
    reason: REASONS[state.endReason] ?? Goodbye_Reason.REASON_UNSPECIFIED, // a newer library has more
    completeUnixNs: wasKilled ? state.completeUnixNs : 0n,
    tornBytes: BigInt(tornBytes),
  };
  return toBinary(ClientMessageSchema, create(ClientMessageSchema, { message: { case: "goodbye", value } }));
}

function damaged(what: string): WireError {
  return new WireError("malformed_recording", `this spool file cannot be read: ${what}`);
}
