import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BlockDecoder } from "./block/decoder.js";
import { readBlockHeader } from "./block/header.js";
import { readDictionary } from "./dictionary/read.js";
import { DictionaryState } from "./dictionary/state.js";
import { encodeEvents, makeBlock, clientMessage } from "./encode/block.js";
import { DictionaryBuilder } from "./encode/dictionary.js";
import { readEnvelope } from "./envelope.js";
import { WireError } from "./error.js";
import { CLOCK } from "./test-support/decoded.js";
import { eventScript, type EventScript } from "./test-support/events.js";

const decoder = new BlockDecoder();

/** What the ingester does with a message; anything thrown but a WireError is a bug. */
function receive(message: Uint8Array): string {
  try {
    const { kind, body } = readEnvelope(message);
    const state = new DictionaryState({ nodes: 100_000, stacks: 100_000, modules: 100 });
    if (kind === "dictionary") state.apply(readDictionary(body));
    if (kind !== "block") return kind;
    const block = readBlockHeader(body);
    if (block.dictionary) state.apply(block.dictionary);
    decoder.decode(block, { stackCount: state.stackCount, hasFreeStacks: true });
    return "block";
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return error.reason;
  }
}

function messageOf(script: EventScript, compression: "none" | "zstd"): Uint8Array {
  const builder = new DictionaryBuilder();
  for (let stack = 0; stack < Math.min(script.stackCount, 300); stack++)
    builder.stack([BigInt(0x1000 + stack), 0x400000n]);
  const events = encodeEvents(script.events, script.firstAllocation, true);
  const parts = { sequence: 1, firstAllocation: script.firstAllocation, clock: CLOCK, dictionary: builder.take() };
  return clientMessage({ case: "block", value: makeBlock(parts, events, compression) });
}

const smallScript = eventScript.filter((script) => script.stackCount <= 300);

describe("damaged messages", () => {
  it("are received when whole", () => {
    fc.assert(
      fc.property(smallScript, (script) => receive(messageOf(script, "zstd")) === "block"),
      { numRuns: 50 },
    );
  });

  it("give a WireError: random bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4_096 }), (bytes) => {
        receive(bytes);
      }),
      { numRuns: 3_000 },
    );
  });

  it("give a WireError: random bodies behind a valid envelope", () => {
    const body = fc.tuple(fc.constantFrom(0x12, 0x1a), fc.uint8Array({ minLength: 1, maxLength: 120 }));
    fc.assert(
      fc.property(body, ([tag, bytes]) => {
        receive(Uint8Array.from([tag, bytes.length, ...bytes]));
      }),
      { numRuns: 3_000 },
    );
  });

  it("give a WireError or other events: flipped bits in columns", () => {
    const reasons = new Set<string>();
    fc.assert(
      fc.property(
        smallScript,
        fc.array(fc.tuple(fc.nat(), fc.nat(7)), { minLength: 1, maxLength: 4 }),
        (script, flips) => {
          const message = messageOf(script, "none");
          for (const [at, bit] of flips) message[at % message.length]! ^= 1 << bit;
          reasons.add(receive(message));
        },
      ),
      { numRuns: 3_000 },
    );
    expect(reasons.size).toBeGreaterThan(8); // the damage reaches deep into the decoder
  });

  it("give a WireError: truncation at any byte", () => {
    fc.assert(
      fc.property(smallScript, fc.nat(), (script, cut) => {
        const message = messageOf(script, "zstd");
        expect(receive(message.subarray(0, cut % message.length))).not.toBe("block");
      }),
      { numRuns: 500 },
    );
  });
});
