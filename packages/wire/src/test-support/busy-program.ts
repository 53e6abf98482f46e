import type { BlockClock } from "../block/header.js";
import type { WireEvent } from "../encode/events.js";

export interface BusyProgramOptions {
  stackCount: number;
  /** Share of the deallocations whose allocation lies in an earlier block. */
  lateShare: number;
  seed: number;
  /** About how many allocations are live at any time; 20,000 unless told otherwise. */
  liveTarget?: number;
}

interface LiveBlock {
  number: number;
  ticks: number;
  sizeBytes: number;
  stack: number;
  key: number;
}

/** The events of a program that allocates and frees all the time; deterministic. For benchmarks and load. */
export interface BusyProgram {
  readonly clock: BlockClock;
  readonly nextAllocation: number;
  /** The next block's events; ticks count from the block's start, each block begins where the one before ended. */
  block(eventCount: number): WireEvent[];
}

const DEFAULT_LIVE_TARGET = 20_000;

export function busyProgram(options: BusyProgramOptions): BusyProgram {
  return new Generator(options);
}

class Generator implements BusyProgram {
  readonly clock: BlockClock = { baseTicks: 0n, baseUnixNs: 1_700_000_000_000_000_000n, nsPerTick: 6.5 };
  nextAllocation = 1;
  private readonly random: () => number;
  private readonly freed = new Map<number, number[]>();
  private old: LiveBlock[] = [];
  private fresh: LiveBlock[] = [];
  private ticks = 0;
  private freshKey = 0x5000_0000;
  private stack = 1;

  constructor(private readonly options: BusyProgramOptions) {
    this.random = mulberry32(options.seed);
  }

  block(eventCount: number): WireEvent[] {
    // What was allocated in the blocks before can only be freed late from now on; its times move with the base.
    for (const live of this.old) live.ticks -= this.ticks;
    for (const live of this.fresh) this.old.push({ ...live, ticks: live.ticks - this.ticks });
    this.fresh = [];
    this.ticks = 0;
    return Array.from({ length: eventCount }, (_, n) => this.event(n));
  }

  private event(n: number): WireEvent {
    this.ticks += this.random() < 0.9 ? Math.floor(this.random() * 14) : Math.floor(this.random() * 500);
    const thread = 1 + (Math.floor(n / 200) % 4);
    if (this.old.length + this.fresh.length < (this.options.liveTarget ?? DEFAULT_LIVE_TARGET) || this.random() < 0.5)
      return this.allocate(thread);
    const isLate = this.old.length > 0 && (this.fresh.length === 0 || this.random() < this.options.lateShare);
    return isLate ? this.lateFree(thread) : this.free(thread);
  }

  private allocate(thread: number): WireEvent {
    // Programs run the same paths again and again: mostly the stack after the last one.
    const next = this.random() < 0.85 ? this.stack + 1 : Math.floor(this.random() * this.options.stackCount);
    this.stack = 1 + (next % this.options.stackCount);
    const sizeBytes = this.random() < 0.9 ? 16 + ((this.stack * 24) % 480) : 16 + Math.floor(this.random() * 8_000);
    const live = {
      number: this.nextAllocation++,
      ticks: this.ticks,
      sizeBytes,
      stack: this.stack,
      key: this.keyFor(sizeBytes),
    };
    this.fresh.push(live);
    const { ticks, stack, key } = live;
    return { type: "allocation", ticks, thread, stack, sizeBytes, key };
  }

  private keyFor(sizeBytes: number): number {
    const reused = this.freed.get(sizeBytes)?.pop();
    if (reused !== undefined) return reused;
    this.freshKey += 2 * Math.ceil((sizeBytes + 16) / 16);
    return this.freshKey;
  }

  private free(thread: number): WireEvent {
    // Mostly the newest: temporaries.
    const back = Math.floor(this.random() ** 4 * Math.min(this.fresh.length, 2_000));
    const [gone] = this.fresh.splice(this.fresh.length - 1 - back, 1);
    this.release(gone!);
    return { type: "free", ticks: this.ticks, thread, allocation: gone!.number };
  }

  private lateFree(thread: number): WireEvent {
    const at = this.old.length - 1 - Math.floor(this.random() * Math.min(this.old.length, 50));
    const gone = this.old.splice(at, 1)[0]!;
    this.release(gone);
    const { ticks, sizeBytes, stack } = gone;
    return { type: "free", ticks: this.ticks, thread, allocation: gone.number, late: { ticks, sizeBytes, stack } };
  }

  private release(gone: LiveBlock): void {
    const list = this.freed.get(gone.sizeBytes);
    if (list) list.push(gone.key);
    else this.freed.set(gone.sizeBytes, [gone.key]);
  }
}

/** A small seeded generator of numbers in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
