import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeEvents, makeBlock, blockBytes } from "../encode/block.js";
import type { WireEvent } from "../encode/events.js";
import { WireError } from "../error.js";
import { Column_Compression, Column_Kind, type Block } from "../gen/heaphound/v1/ingest_pb.js";
import { bytesOf, CLOCK, decode, decodedRows, expectedRows } from "../test-support/decoded.js";
import { eventScript } from "../test-support/events.js";
import { BlockDecoder } from "./decoder.js";

const alloc = (ticks: number, sizeBytes: number, key: number, stack = 1): WireEvent => ({
  type: "allocation",
  ticks,
  thread: 1,
  stack,
  sizeBytes,
  key,
});
const free = (ticks: number, allocation: number): WireEvent => ({ type: "free", ticks, thread: 1, allocation });

function blockOf(events: WireEvent[], firstAllocation = 1): Block {
  return makeBlock({ sequence: 1, firstAllocation, clock: CLOCK }, encodeEvents(events, firstAllocation), "none");
}

function column(block: Block, kind: Column_Kind): Uint8Array {
  return block.columns.find((each) => each.kind === kind)!.data;
}

function reasonFor(block: Block, stackCount = 10): string {
  try {
    decode(new BlockDecoder(), blockBytes(block), { stackCount, hasFreeStacks: false });
    return "accepted";
  } catch (error) {
    expect(error).toBeInstanceOf(WireError);
    return (error as WireError).reason;
  }
}

describe("BlockDecoder", () => {
  it("gives back what was encoded, over every escape, block after block with one decoder", () => {
    const decoder = new BlockDecoder();
    fc.assert(
      fc.property(eventScript, fc.constantFrom("none" as const, "zstd" as const), (script, compression) => {
        decode(decoder, bytesOf(script, compression), script);
        expect(decodedRows(decoder)).toEqual(expectedRows(script));
      }),
      { numRuns: 400 },
    );
  });

  it("reads a block that was written by hand from docs/wire.md", () => {
    const block = blockOf([]);
    const put = (kind: Column_Kind, bytes: number[]): void => {
      block.columns.push({
        $typeName: "heaphound.v1.Column",
        kind,
        compression: Column_Compression.NONE,
        size: bytes.length,
        data: Uint8Array.from(bytes),
      });
    };
    block.eventCount = 5;
    block.allocationCount = 3;
    // malloc(24) at tick 3; malloc(24) right behind it, size predicted, 15 ticks later by TIME; free of the newest (age 0);
    // malloc(24) that reuses its address, stack predicted (stack 2 followed 2 ... nothing yet, so explicit); free of the oldest, age 2.
    put(Column_Kind.CONTROL, [0x31, 0xf5, 0x12, 0x1d, 0x06]);
    put(Column_Kind.TIME, [30]); // zigzag(15)
    put(Column_Kind.STACK, [2, 0, 0, 2, 0, 0, 2, 0, 0]);
    put(Column_Kind.SIZE, [24, 0]);
    put(Column_Kind.ADDRESS, [0x01 + 0x20, 0, 0, 0, 0, 0]); // key 16 after 0: zigzag 32, plus 1; then right behind: key 20
    put(Column_Kind.THREAD, [7, 5]);
    const decoder = new BlockDecoder();
    decode(decoder, blockBytes(block), { stackCount: 2, hasFreeStacks: false });
    const { allocations } = decoder;
    expect([...allocations.ticks.subarray(0, 3)]).toEqual([3, 18, 20]);
    expect([...allocations.key.subarray(0, 3)]).toEqual([16, 20, 20]);
    expect([...allocations.stack.subarray(0, 3)]).toEqual([2, 2, 2]);
    expect([...allocations.freed.subarray(0, 3)]).toEqual([1, 1, 0]);
    expect([...allocations.freeTicks.subarray(0, 2)]).toEqual([20, 19]);
    expect([decoder.earliestTicks, decoder.latestTicks]).toEqual([3, 20]);
  });

  it("keeps at most 128 freed keys per class", () => {
    const events = [
      ...Array.from({ length: 130 }, (_, n) => alloc(n, 32, 1000 + 8 * n)),
      ...Array.from({ length: 130 }, (_, n) => free(200 + n, n + 1)),
      ...Array.from({ length: 130 }, (_, n) => alloc(400 + n, 32, 1000 + 8 * (129 - n))),
    ];
    const predicted = [...column(blockOf(events), Column_Kind.CONTROL)].slice(260).filter((byte) => (byte & 8) !== 0);
    expect(predicted.length).toBe(128);
    const decoder = new BlockDecoder();
    decode(decoder, blockBytes(blockOf(events)), { stackCount: 1, hasFreeStacks: false });
    expect(decoder.allocations.key[259]).toBe(1000);
  });

  it("rejects what breaks a rule, with its reason", () => {
    const events = [alloc(1, 24, 100), free(2, 1), alloc(3, 24, 100)];
    const broken = (change: (block: Block) => void): string => {
      const block = blockOf(events);
      change(block);
      return reasonFor(block);
    };
    expect(reasonFor(blockOf(events))).toBe("accepted");
    expect(reasonFor(blockOf(events), 0)).toBe("unknown_stack");
    expect(broken((b) => (b.eventCount = 65_537))).toBe("too_many_events");
    expect(broken((b) => (b.eventCount = 2))).toBe("count_mismatch");
    expect(broken((b) => (b.allocationCount = 1))).toBe("count_mismatch");
    expect(broken((b) => (b.allocationCount = 3))).toBe("count_mismatch");
    expect(broken((b) => (b.firstAllocation = 0n))).toBe("number_out_of_range");
    expect(broken((b) => (b.sequence = 0n))).toBe("number_out_of_range");
    expect(broken((b) => (b.clock!.nsPerTick = NaN))).toBe("number_out_of_range");
    expect(broken((b) => b.columns.push(b.columns[0]!))).toBe("bad_column");
    expect(broken((b) => Object.assign(b.columns[0]!, { kind: 19 }))).toBe("bad_column");
    expect(broken((b) => Object.assign(b.columns[0]!, { compression: 2 }))).toBe("bad_column");
    expect(broken((b) => (b.columns[0]!.compression = Column_Compression.ZSTD))).toBe("bad_column");
    expect(broken((b) => (b.columns[0]!.size = 4))).toBe("bad_column");
    expect(broken((b) => (b.columns[0]!.size = 4 * 1024 * 1024 + 1))).toBe("bad_column");
    expect(broken((b) => (column(b, Column_Kind.CONTROL)[1] = 0x14))).toBe("unknown_allocation"); // age 1 of one allocation
    expect(broken((b) => (column(b, Column_Kind.CONTROL)[0]! |= 8))).toBe("bad_prediction");
    expect(broken((b) => (column(b, Column_Kind.THREAD)[1] = 2))).toBe("column_too_short");
    expect(broken((b) => (column(b, Column_Kind.THREAD)[1] = 4))).toBe("column_too_long");
    expect(broken((b) => (column(b, Column_Kind.THREAD)[1] = 0))).toBe("bad_event");
  });

  it("rejects columns that are too short or too long", () => {
    const events = [alloc(100, 70_000, 100, 3), alloc(200, 24, 2 ** 40, 4)];
    for (const kind of [Column_Kind.TIME, Column_Kind.STACK, Column_Kind.SIZE, Column_Kind.ADDRESS, Column_Kind.BIG]) {
      const change = (to: (data: Uint8Array) => Uint8Array): string => {
        const block = blockOf(events);
        const target = block.columns.find((each) => each.kind === kind)!;
        target.data = to(target.data);
        target.size = target.data.length;
        return reasonFor(block);
      };
      expect(change((data) => Uint8Array.from([...data, 0]))).toBe("column_too_long");
      expect(change((data) => data.subarray(0, data.length - 1))).toBe("column_too_short");
    }
  });

  it("rejects double frees, free stacks that were not announced, and late frees that are not late", () => {
    const twice = [alloc(1, 24, 100), alloc(1, 24, 200), free(2, 1), free(2, 2)];
    const block = blockOf(twice);
    column(block, Column_Kind.CONTROL)[3] = column(block, Column_Kind.CONTROL)[2]!;
    expect(reasonFor(block)).toBe("double_free");

    const withStacks = encodeEvents([alloc(1, 24, 100), free(2, 1)], 1, true);
    expect(reasonFor(makeBlock({ sequence: 1, firstAllocation: 1, clock: CLOCK }, withStacks))).toBe("bad_column");

    const late: WireEvent = {
      type: "free",
      ticks: 5,
      thread: 1,
      allocation: 9,
      late: { ticks: -5, sizeBytes: 10, stack: 1 },
    };
    const lateBlock = blockOf([late], 10);
    expect(reasonFor(lateBlock)).toBe("accepted");
    lateBlock.firstAllocation = 1n; // the entry is relative: it now names allocation 0
    expect(reasonFor(lateBlock)).toBe("unknown_allocation");
    const reserved = blockOf([late], 10);
    column(reserved, Column_Kind.LATE)[0]! |= 128;
    expect(reasonFor(reserved)).toBe("bad_event");
  });

  it("does not let a compressed column grow beyond its declared size", () => {
    const block = makeBlock(
      { sequence: 1, firstAllocation: 1, clock: CLOCK },
      {
        eventCount: 0,
        allocationCount: 0,
        columns: [{ kind: Column_Kind.CONTROL, bytes: new Uint8Array(64 * 1024 * 1024) }],
      },
    );
    block.columns[0]!.size = 1000;
    block.eventCount = 1000;
    expect(block.columns[0]!.data.length).toBeLessThan(16_384);
    const before = process.memoryUsage().arrayBuffers;
    expect(reasonFor(block)).toBe("bad_column");
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  });
});
