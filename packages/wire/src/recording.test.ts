import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { WireError } from "./error.js";
import { readRecording, writeRecording, type RecordingEnd } from "./recording.js";

async function* inChunks(bytes: Uint8Array, chunkBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += chunkBytes)
    yield await Promise.resolve(bytes.subarray(at, at + chunkBytes));
}

async function fileOf(messages: Uint8Array[]): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writeRecording(messages)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function readAll(bytes: Uint8Array, chunkBytes = 7): Promise<{ messages: Uint8Array[]; end: RecordingEnd }> {
  const reader = readRecording(inChunks(bytes, chunkBytes));
  const messages: Uint8Array[] = [];
  for (;;) {
    const next = await reader.next();
    if (next.done) return { messages, end: next.value };
    messages.push(next.value);
  }
}

describe("recordings", () => {
  it("hold the messages that were written, however they are cut into chunks", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array()), fc.integer({ min: 1, max: 100 }), async (messages, chunkBytes) => {
        const read = await readAll(await fileOf(messages), chunkBytes);
        expect(read.messages.map((each) => [...each])).toEqual(messages.map((each) => [...each]));
        expect(read.end).toEqual({ messages: messages.length, tornBytes: 0 });
      }),
    );
  });

  it("lose only a torn last message", async () => {
    const file = await fileOf([Uint8Array.of(1, 2, 3), Uint8Array.of(4, 5, 6)]);
    for (let cut = 8 + 8; cut < file.length; cut++) {
      const { messages, end } = await readAll(file.subarray(0, cut));
      expect(messages).toHaveLength(1);
      expect(end).toEqual({ messages: 1, tornBytes: cut - 16 });
    }
  });

  it("are refused when they are something else", async () => {
    await expect(readAll(new TextEncoder().encode("v 10400 3\n"))).rejects.toThrow("does not start with HEAPHND1");
    await expect(readAll(new Uint8Array(0))).rejects.toThrow(WireError);
    const damaged = await fileOf([Uint8Array.of(1)]);
    damaged[8] = 1;
    await expect(readAll(damaged)).rejects.toThrow("message 1 has a damaged header");
  });
});
