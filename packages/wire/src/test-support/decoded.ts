import type { BlockDecoder } from "../block/decoder.js";
import { readBlockHeader } from "../block/header.js";
import { blockBytes, encodeEvents, makeBlock } from "../encode/block.js";
import type { WireEvent } from "../encode/events.js";
import type { AllocationColumns, LateFreeColumns } from "../block/view.js";
import type { EventScript } from "./events.js";

export const CLOCK = { baseTicks: 1_000n, baseUnixNs: 1_700_000_000_000_000_000n, nsPerTick: 2 };

export function bytesOf(script: EventScript, compression: "none" | "zstd" = "zstd"): Uint8Array {
  const events = encodeEvents(script.events, script.firstAllocation, script.hasFreeStacks);
  return blockBytes(
    makeBlock({ sequence: 1, firstAllocation: script.firstAllocation, clock: CLOCK }, events, compression),
  );
}

export function decode(
  decoder: BlockDecoder,
  bytes: Uint8Array,
  context: { stackCount: number; hasFreeStacks: boolean },
): void {
  decoder.decode(readBlockHeader(bytes), context);
}

/** Rows as the database gets them, straight from the events: what decoding must give. */
export function expectedRows(script: EventScript): { allocations: object[]; lateFrees: object[] } {
  const allocations: Record<string, unknown>[] = [];
  const lateFrees: object[] = [];
  for (const event of script.events) {
    if (event.type === "allocation") allocations.push(allocationRow(event));
    else if (event.late) lateFrees.push(lateRow(event, event.late));
    else {
      Object.assign(allocations[event.allocation - script.firstAllocation]!, {
        freed: 1,
        freeTicks: event.ticks,
        freeThread: event.thread,
        freeStack: event.freeStack ?? 0,
      });
    }
  }
  return { allocations, lateFrees };
}

function allocationRow(event: Extract<WireEvent, { type: "allocation" }>): Record<string, unknown> {
  const { ticks, thread, stack, sizeBytes, key, kind } = event;
  return {
    ticks,
    thread,
    stack,
    sizeBytes,
    key,
    kind: kind ? { calloc: 1, realloc: 2, aligned: 3 }[kind.type] : 0,
    replaced: kind?.type === "realloc" ? kind.replaced : 0,
    alignmentLog2: kind?.type === "aligned" ? kind.alignmentLog2 : 0,
    freed: 0,
    freeTicks: 0,
    freeThread: 0,
    freeStack: 0,
    sampleBytes: event.sampleBytes ?? 0,
  };
}

function lateRow(
  event: Extract<WireEvent, { type: "free" }>,
  late: NonNullable<Extract<WireEvent, { type: "free" }>["late"]>,
): object {
  return {
    allocation: event.allocation,
    allocationTicks: late.ticks,
    sizeBytes: late.sizeBytes,
    stack: late.stack,
    ticks: event.ticks,
    thread: event.thread,
    freeStack: event.freeStack ?? 0,
    sampleBytes: late.sampleBytes ?? 0,
  };
}

export function decodedRows(decoder: BlockDecoder): { allocations: object[]; lateFrees: object[] } {
  return { allocations: rows(decoder.allocations), lateFrees: rows(decoder.lateFrees) };
}

function rows(columns: AllocationColumns | LateFreeColumns): object[] {
  const arrays = Object.entries(columns as unknown as Record<string, Float64Array | number>);
  return Array.from({ length: columns.count }, (_, row) =>
    Object.fromEntries(arrays.flatMap(([name, array]) => (typeof array === "number" ? [] : [[name, array[row]]]))),
  );
}
