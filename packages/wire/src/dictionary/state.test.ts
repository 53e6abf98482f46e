import { toBinary } from "@bufbuild/protobuf";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DictionaryBuilder } from "../encode/dictionary.js";
import { WireError } from "../error.js";
import { DictionarySchema, type Dictionary } from "../gen/heaphound/v1/ingest_pb.js";
import { readDictionary } from "./read.js";
import { DictionaryState } from "./state.js";

function apply(state: DictionaryState, dictionary: Dictionary): void {
  state.apply(readDictionary(toBinary(DictionarySchema, dictionary)));
}

function framesOf(state: DictionaryState, stack: number): bigint[] {
  const frames: bigint[] = [];
  for (let node = state.nodeOfStack(stack); state.parent(node) !== 0; node = state.parent(node)) {
    frames.push((BigInt(state.addressHigh(node)) << 32n) | BigInt(state.addressLow(node)));
  }
  return frames;
}

const address = fc.oneof(
  fc.bigInt(1n, 1n << 47n),
  fc.bigInt((1n << 64n) - 4096n, (1n << 64n) - 1n),
  fc.bigInt(1n, 50n),
);
const frames = fc.array(address, { maxLength: 12 });

describe("DictionaryState", () => {
  it("gives back the frames of every stack, in several deltas and when they are repeated at once", () => {
    fc.assert(
      fc.property(fc.array(fc.array(frames, { minLength: 1 }), { minLength: 1, maxLength: 4 }), (deltas) => {
        const builder = new DictionaryBuilder();
        const state = new DictionaryState();
        const known = new Map<number, bigint[]>();
        for (const stacks of deltas) {
          for (const stack of stacks) known.set(builder.stack(stack), stack);
          apply(state, builder.take());
        }
        const repeated = new DictionaryState();
        apply(repeated, builder.repeat());
        for (const [stack, expected] of known) {
          expect(framesOf(state, stack)).toEqual(expected);
          expect(framesOf(repeated, stack)).toEqual(expected);
          expect(state.depth(state.nodeOfStack(stack))).toBe(expected.length);
        }
      }),
    );
  });

  it("tracks which nodes can lie in a module", () => {
    const builder = new DictionaryBuilder();
    const state = new DictionaryState();
    const module = {
      number: 1,
      path: "/lib/a.so",
      buildId: Uint8Array.of(1, 2),
      executableRanges: [{ start: 16n, size: 32n }],
    };
    apply(state, builder.take({ modules: [module] }));
    expect(state.modules.get(1)).toMatchObject({
      path: "/lib/a.so",
      ranges: [{ start: 16n, size: 32n }],
      endNode: Infinity,
    });
    apply(state, builder.take({ moduleUnloads: [{ number: 1, firstNode: 7 }] }));
    expect(state.modules.get(1)?.endNode).toBe(7);
  });

  it("refuses gaps, unknown nodes and counts that promise more than is there", () => {
    const dictionary = (): Dictionary => {
      const builder = new DictionaryBuilder();
      builder.stack([10n, 20n]);
      return builder.take();
    };
    const reason = (change: (dictionary: Dictionary) => void): string => {
      const damaged = dictionary();
      change(damaged);
      try {
        apply(new DictionaryState({ nodes: 100, stacks: 100, modules: 1 }), damaged);
        return "accepted";
      } catch (error) {
        return error instanceof WireError ? error.reason : String(error);
      }
    };
    expect(reason(() => undefined)).toBe("accepted");
    expect(reason((d) => (d.firstNode = 2))).toBe("bad_dictionary");
    expect(reason((d) => (d.firstStack = 2))).toBe("bad_dictionary");
    expect(reason((d) => (d.nodeCount = 4_000_000_000))).toBe("count_mismatch");
    expect(reason((d) => (d.nodeCount = 2))).toBe("column_too_long");
    expect(reason((d) => (d.nodeCount = 0))).toBe("count_mismatch");
    expect(reason((d) => (d.nodes[0] = 0))).toBe("bad_dictionary"); // its own parent
    expect(reason((d) => (d.nodes[0] = 9))).toBe("bad_dictionary"); // a parent before the first
    expect(reason((d) => (d.nodes[1] = 2))).toBe("bad_dictionary"); // no parent but an address
    expect(reason((d) => (d.stacks[0] = 8))).toBe("bad_dictionary");
    expect(reason((d) => (d.stackCount = 2))).toBe("count_mismatch");
    expect(reason((d) => d.modules.push({ ...MODULE, number: 1 }, { ...MODULE, number: 2 }))).toBe("bad_dictionary");
    expect(
      reason((d) => d.moduleUnloads.push({ $typeName: "heaphound.v1.ModuleUnload", number: 3, firstNode: 1 })),
    ).toBe("bad_dictionary");
  });

  it("refuses stacks deeper than the limit", () => {
    const builder = new DictionaryBuilder();
    builder.stack(Array.from({ length: 16_385 }, (_, n) => BigInt(n + 1)));
    expect(() => {
      apply(new DictionaryState(), builder.take());
    }).toThrow("deeper than 16384 frames");
  });
});

const MODULE = {
  $typeName: "heaphound.v1.Module" as const,
  path: "/lib/b.so",
  buildId: new Uint8Array(0),
  loadBias: 0n,
  executableRanges: [],
  firstNode: 0,
  fileSize: 0n,
};
