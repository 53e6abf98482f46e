import { MAX_EVENTS } from "../limits.js";

/**
 * The events of one block as columns. Times are in ticks after the block's `clock.baseTicks` (they may be negative).
 * The arrays belong to the decoder and hold the block decoded last: only the first `count` entries count.
 */
export class AllocationColumns {
  count = 0;
  readonly ticks = new Float64Array(MAX_EVENTS);
  readonly sizeBytes = new Float64Array(MAX_EVENTS);
  /** address >> 3 */
  readonly key = new Float64Array(MAX_EVENTS);
  readonly stack = new Uint32Array(MAX_EVENTS);
  readonly thread = new Uint32Array(MAX_EVENTS);
  /** 0 malloc, 1 calloc, 2 realloc, 3 aligned */
  readonly kind = new Uint8Array(MAX_EVENTS);
  /** Of kind 3. */
  readonly alignmentLog2 = new Uint8Array(MAX_EVENTS);
  /** Number of the allocation that a realloc replaced, 0 = none or unknown. */
  readonly replaced = new Float64Array(MAX_EVENTS);
  /** 1: freed within the block, and the three below are known. */
  readonly freed = new Uint8Array(MAX_EVENTS);
  readonly freeTicks = new Float64Array(MAX_EVENTS);
  readonly freeThread = new Uint32Array(MAX_EVENTS);
  readonly freeStack = new Uint32Array(MAX_EVENTS);
  /** Sampling interval with which it was recorded, 0 = for certain. */
  readonly sampleBytes = new Float64Array(MAX_EVENTS);

  /** Empties the columns that not every allocation fills. */
  begin(count: number): void {
    this.count = count;
    for (const column of [this.kind, this.alignmentLog2, this.replaced, this.freed, this.freeTicks, this.sampleBytes])
      column.fill(0, 0, count);
    this.freeThread.fill(0, 0, count);
    this.freeStack.fill(0, 0, count);
  }
}

/** Deallocations of allocations in earlier blocks, in order of time. */
export class LateFreeColumns {
  count = 0;
  /** Number of the allocation. */
  readonly allocation = new Float64Array(MAX_EVENTS);
  readonly allocationTicks = new Float64Array(MAX_EVENTS);
  readonly sizeBytes = new Float64Array(MAX_EVENTS);
  /** Of the allocation. */
  readonly stack = new Uint32Array(MAX_EVENTS);
  readonly ticks = new Float64Array(MAX_EVENTS);
  readonly thread = new Uint32Array(MAX_EVENTS);
  readonly freeStack = new Uint32Array(MAX_EVENTS);
  /** Sampling interval with which the allocation was recorded, 0 = for certain. */
  readonly sampleBytes = new Float64Array(MAX_EVENTS);
}
