/** What a block is made of, for tests, fuzzing and the load generator. Times are ticks after the block's base. */
export interface AllocationEvent {
  type: "allocation";
  ticks: number;
  thread: number;
  stack: number;
  sizeBytes: number;
  /** address >> 3 */
  key: number;
  kind?: AllocationOrigin;
  /** Sampling interval, absent = recorded for certain. */
  sampleBytes?: number;
}

/** How memory was asked for, when not by plain malloc. */
export type AllocationOrigin =
  | { type: "calloc" }
  | { type: "realloc"; replaced: number /* number of the allocation, 0 = unknown */ }
  | { type: "aligned"; alignmentLog2: number };

export interface FreeEvent {
  type: "free";
  ticks: number;
  thread: number;
  /** Number of the allocation; below the block's first one it is a late deallocation and `late` must be there. */
  allocation: number;
  late?: { ticks: number; sizeBytes: number; stack: number; sampleBytes?: number };
  /** Only in streams with free stacks. */
  freeStack?: number;
}

export type WireEvent = AllocationEvent | FreeEvent;
