import type { Fate, SyntheticProgram } from "./program.js";
import { Random } from "./random.js";

/** Columns of all allocations; entry i is allocation number i + 1. Times are ns since the start of the process. */
export interface SyntheticEvents {
  count: number;
  timeNs: Float64Array;
  /** -1: never freed. */
  lifetimeNs: Float64Array;
  size: Uint32Array;
  stack: Uint32Array;
  thread: Uint8Array;
  freeThread: Uint8Array;
  /** 0 malloc, 1 calloc, 2 realloc, 3 aligned. */
  kind: Uint8Array;
  /** Number of the allocation that a realloc replaced, or 0. */
  reallocOf: Uint32Array;
  /** 1: a realloc replaced it. */
  replaced: Uint8Array;
  durationNs: number;
}

/** The clock of the preload ticks this often: equal times are usual. */
export const TICK_NS = 52;
export const THREADS = 4;
const PHASES = 5;
/** A quarter of the allocations take no time; the waves' mean of 1 / load is 2.3. */
const MEAN_GAP = 2.9;

const LIFETIME_NS: Record<Exclude<Fate, "leaks" | "phase">, number> = {
  temporary: 400_000,
  short: 80_000_000,
  long: 6_000_000_000,
};

/** Allocations of a run: bursts within one tick, five phases with their own load, reallocs, leaks, several threads. */
export function syntheticEvents(
  program: SyntheticProgram,
  count: number,
  durationNs: number,
  seed: number,
): SyntheticEvents {
  const random = new Random(seed);
  const events = emptyEvents(count, durationNs);
  const pick = weightedStacks(program);
  const lastOfStack = new Uint32Array(program.stacks.length + 1);
  let now = 0;
  const gap = (durationNs / count) * MEAN_GAP;
  for (let i = 0; i < count; i++) {
    if (i > 0 && !random.chance(0.25)) now += random.around(gap) * loadAt(now / durationNs);
    now = Math.min(now, durationNs - TICK_NS);
    const stack = pick(random);
    events.timeNs[i] = tick(now);
    events.stack[i] = random.chance(0.001) ? 0 : stack;
    fill(events, i, program, random);
    chain(events, i, lastOfStack, random);
    lastOfStack[stack] = i + 1;
  }
  return events;
}

function emptyEvents(count: number, durationNs: number): SyntheticEvents {
  return {
    count,
    durationNs,
    timeNs: new Float64Array(count),
    lifetimeNs: new Float64Array(count),
    size: new Uint32Array(count),
    stack: new Uint32Array(count),
    thread: new Uint8Array(count),
    freeThread: new Uint8Array(count),
    kind: new Uint8Array(count),
    reallocOf: new Uint32Array(count),
    replaced: new Uint8Array(count),
  };
}

function tick(ns: number): number {
  return Math.floor(ns / TICK_NS) * TICK_NS;
}

/** Between busy and quiet, in five waves. */
function loadAt(share: number): number {
  return 1 + 0.9 * Math.sin(share * PHASES * 2 * Math.PI);
}

function weightedStacks(program: SyntheticProgram): (random: Random) => number {
  const sums = new Float64Array(program.stacks.length);
  let sum = 0;
  program.stacks.forEach(({ weight }, index) => (sums[index] = sum += weight));
  return (random) => {
    const target = random.next() * sum;
    let [low, high] = [0, sums.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! > target) high = middle;
      else low = middle + 1;
    }
    return low + 1;
  };
}

function fill(events: SyntheticEvents, i: number, program: SyntheticProgram, random: Random): void {
  const { fate, meanSize } = program.stacks[Math.max(0, events.stack[i]! - 1)]!;
  events.size[i] = random.chance(0.6) ? meanSize : Math.round(random.around(meanSize));
  events.thread[i] = 1 + random.below(THREADS);
  events.freeThread[i] = random.chance(0.9) ? events.thread[i] : 1 + random.below(THREADS);
  events.kind[i] = random.chance(0.1) ? 1 : random.chance(0.02) ? 3 : 0;
  events.lifetimeNs[i] = lifetimeOf(fate, events.timeNs[i]!, events.durationNs, random);
}

function lifetimeOf(fate: Fate, time: number, duration: number, random: Random): number {
  if (fate === "leaks") return -1;
  const phase = duration / PHASES;
  const wanted =
    fate === "phase"
      ? (Math.floor(time / phase) + 1) * phase - time
      : random.chance(0.02)
        ? 0
        : random.around(LIFETIME_NS[fate]);
  const lifetime = tick(time + wanted) - time;
  return time + lifetime >= duration ? -1 : Math.max(0, lifetime);
}

/** Now and then an allocation is a realloc of the stack's one before, whose life ends in that moment. */
function chain(events: SyntheticEvents, i: number, lastOfStack: Uint32Array, random: Random): void {
  const last = lastOfStack[events.stack[i]!]!;
  if (last === 0 || !random.chance(0.05)) return;
  const old = last - 1;
  const age = events.timeNs[i]! - events.timeNs[old]!;
  const isLive = events.lifetimeNs[old] === -1 || events.lifetimeNs[old]! >= age;
  if (!isLive) return;
  events.lifetimeNs[old] = age;
  events.kind[i] = 2;
  events.reallocOf[i] = last;
  events.replaced[old] = 1;
}

/** An allocation or a deallocation. */
export interface Step {
  i: number;
  isFree: boolean;
  timeNs: number;
}

/**
 * The order of the stream: by time; at equal times what a realloc replaces, then allocations by number, each with its free if it
 * lived for no time, then frees of older ones.
 */
export function compareSteps(events: SyntheticEvents, a: Step, b: Step): number {
  return (
    a.timeNs - b.timeNs || rankOf(events, a) - rankOf(events, b) || a.i - b.i || Number(a.isFree) - Number(b.isFree)
  );
}

function rankOf(events: SyntheticEvents, { i, isFree }: Step): number {
  if (!isFree || events.lifetimeNs[i] === 0) return 1;
  return events.replaced[i] === 1 ? 0 : 2;
}
