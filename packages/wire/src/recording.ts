import { WireError } from "./error.js";
import { MAX_MESSAGE_BYTES } from "./limits.js";

/** The first bytes of a recording ("Files" in docs/wire.md). */
export const RECORDING_MAGIC = new TextEncoder().encode("HEAPHND1");
const FRAME_HEADER_BYTES = 5;

export interface RecordingEnd {
  messages: number;
  /** Bytes of a last message that was cut off, as a killed process leaves it; 0 in a complete recording. */
  tornBytes: number;
}

/**
 * Reads the ClientMessages of a recording from chunks of any size, e.g. a file stream. Holds one message in memory.
 * A torn last message is dropped and counted in the generator's return value; anything else that is wrong throws WireError.
 */
export async function* readRecording(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, RecordingEnd, undefined> {
  const input = new ChunkQueue(chunks[Symbol.asyncIterator]());
  try {
    const magic = await input.take(RECORDING_MAGIC.length);
    if (!magic || Buffer.compare(magic, RECORDING_MAGIC) !== 0) {
      throw new WireError("malformed_recording", "this is not a Heaphound recording: it does not start with HEAPHND1");
    }
    let messages = 0;
    for (;;) {
      const header = await input.take(FRAME_HEADER_BYTES);
      if (!header) return { messages, tornBytes: input.size };
      const message = await input.take(frameLength(header, messages));
      if (!message) return { messages, tornBytes: input.size + FRAME_HEADER_BYTES };
      messages++;
      yield message;
    }
  } finally {
    await input.close();
  }
}

function frameLength(header: Uint8Array, messages: number): number {
  const length = new DataView(header.buffer, header.byteOffset).getUint32(1);
  if (header[0] !== 0 || length > MAX_MESSAGE_BYTES) {
    throw new WireError(
      "malformed_recording",
      `message ${messages + 1} has a damaged header (flag ${header[0]}, ${length} bytes)`,
    );
  }
  return length;
}

/** Cuts chunks into pieces of the sizes that are asked for. */
class ChunkQueue {
  size = 0;
  private chunks: Uint8Array[] = [];

  constructor(private readonly source: AsyncIterator<Uint8Array>) {}

  /** The next bytes, null (and nothing taken) when the input ends before. */
  async take(byteCount: number): Promise<Uint8Array | null> {
    while (this.size < byteCount) {
      const next = await this.source.next();
      if (next.done) return null;
      if (next.value.length === 0) continue;
      this.chunks.push(next.value);
      this.size += next.value.length;
    }
    return this.cut(byteCount);
  }

  async close(): Promise<void> {
    await this.source.return?.();
  }

  private cut(byteCount: number): Uint8Array {
    this.size -= byteCount;
    const first = this.chunks[0];
    if (first && first.length >= byteCount) {
      this.chunks[0] = first.subarray(byteCount);
      return first.subarray(0, byteCount);
    }
    const bytes = new Uint8Array(byteCount);
    let filled = 0;
    while (filled < byteCount) {
      const chunk = this.chunks[0]!;
      const part = chunk.subarray(0, byteCount - filled);
      bytes.set(part, filled);
      filled += part.length;
      if (part.length === chunk.length) this.chunks.shift();
      else this.chunks[0] = chunk.subarray(part.length);
    }
    return bytes;
  }
}

/** The bytes of a recording of these ClientMessages. */
export async function* writeRecording(
  messages: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield RECORDING_MAGIC;
  for await (const message of messages) {
    const header = new Uint8Array(FRAME_HEADER_BYTES);
    new DataView(header.buffer).setUint32(1, message.length);
    yield header;
    yield message;
  }
}
