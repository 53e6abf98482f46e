import { compareSteps, type Step, type SyntheticEvents } from "./recording.js";

/** One wire block: allocations `firstId ..` that it made, late frees that it saw, and the totals of its sender. */
export interface SyntheticBlock {
  block: number;
  startNs: number;
  endNs: number;
  firstId: number;
  allocations: number;
  frees: number;
  allocatedBytes: number;
  freedBytes: number;
  liveBytes: number;
  liveAllocations: number;
  peakLiveBytes: number;
  peakNs: number;
  /** Indexes of allocations of earlier blocks that were freed in this one. */
  lateFrees: Uint32Array;
}

const MAX_BLOCK_NS = 400_000_000;
const EVENTS_PER_BLOCK = 40_000;

export function freeTimeNs(events: SyntheticEvents, i: number): number {
  return events.lifetimeNs[i] === -1 ? Infinity : events.timeNs[i]! + events.lifetimeNs[i]!;
}

/** Cuts a run into blocks of equal time, as the sender does when nothing hurries it. */
export function cutIntoBlocks(events: SyntheticEvents, maxBlockNs = MAX_BLOCK_NS): SyntheticBlock[] {
  const lengthNs = Math.min(maxBlockNs, Math.ceil((events.durationNs * EVENTS_PER_BLOCK) / (2 * events.count)));
  const blockOf = (timeNs: number): number => Math.floor(timeNs / lengthNs);
  const late = lateFreesByBlock(events, blockOf);
  const blocks: SyntheticBlock[] = [];
  const state: LiveState = { bytes: 0, count: 0 };
  let first = 0;
  for (let index = 0; index <= blockOf(events.durationNs); index++) {
    let end = first;
    while (end < events.count && blockOf(events.timeNs[end]!) === index) end++;
    const frees = late[index] ?? new Uint32Array(0);
    if (end > first || frees.length > 0) {
      const isOwn = (i: number): boolean => blockOf(freeTimeNs(events, i)) === index;
      blocks.push(totals({ events, first, end, frees, isOwn, number: blocks.length + 1 }, state));
    }
    first = end;
  }
  return blocks;
}

interface LiveState {
  bytes: number;
  count: number;
}

function lateFreesByBlock(events: SyntheticEvents, blockOf: (timeNs: number) => number): Uint32Array[] {
  const lists: number[][] = [];
  for (let i = 0; i < events.count; i++) {
    const freed = freeTimeNs(events, i);
    if (freed === Infinity || blockOf(freed) === blockOf(events.timeNs[i]!)) continue;
    (lists[blockOf(freed)] ??= []).push(i);
  }
  return Array.from(lists, (list: number[] | undefined) => Uint32Array.from(list ?? []));
}

interface Cut {
  events: SyntheticEvents;
  first: number;
  end: number;
  frees: Uint32Array;
  isOwn: (i: number) => boolean;
  number: number;
}

/** Adds up the events of a block in the order of the stream. */
function totals(cut: Cut, state: LiveState): SyntheticBlock {
  const { events, first, end, frees, number } = cut;
  const steps = stepsOf(cut);
  const block: SyntheticBlock = {
    block: number,
    startNs: steps[0]!.timeNs,
    endNs: steps.at(-1)!.timeNs,
    firstId: first + 1,
    allocations: end - first,
    frees: steps.length - (end - first),
    allocatedBytes: 0,
    freedBytes: 0,
    liveBytes: 0,
    liveAllocations: 0,
    peakLiveBytes: state.bytes,
    peakNs: steps[0]!.timeNs,
    lateFrees: frees,
  };
  for (const { i, isFree, timeNs } of steps) {
    const size = events.size[i]!;
    state.bytes += isFree ? -size : size;
    state.count += isFree ? -1 : 1;
    if (isFree) block.freedBytes += size;
    else block.allocatedBytes += size;
    if (state.bytes > block.peakLiveBytes) [block.peakLiveBytes, block.peakNs] = [state.bytes, timeNs];
  }
  return { ...block, liveBytes: state.bytes, liveAllocations: state.count };
}

function stepsOf({ events, first, end, frees, isOwn }: Cut): Step[] {
  const steps: Step[] = [];
  for (const i of frees) steps.push({ i, isFree: true, timeNs: freeTimeNs(events, i) });
  for (let i = first; i < end; i++) {
    steps.push({ i, isFree: false, timeNs: events.timeNs[i]! });
    if (isOwn(i)) steps.push({ i, isFree: true, timeNs: freeTimeNs(events, i) });
  }
  return steps.sort((a, b) => compareSteps(events, a, b));
}
