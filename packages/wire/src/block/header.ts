import { readDictionary, type DictionaryDelta } from "../dictionary/read.js";
import { WireError } from "../error.js";
import { FieldReader } from "../fields.js";
import { MAX_EVENTS, MAX_WIRE_NUMBER } from "../limits.js";
import { ColumnSet } from "./columns.js";
import {
  checkNotes,
  readCounted,
  readMarker,
  readModeChange,
  type BlockCounted,
  type BlockMarker,
  type BlockModeChange,
} from "./notes.js";
import { EXTRA_FIELDS, noExtras, type BlockExtras } from "./memory.js";

/** unix_ns(ticks) = baseUnixNs + (ticks - baseTicks) * nsPerTick */
export interface BlockClock {
  baseTicks: bigint;
  baseUnixNs: bigint;
  nsPerTick: number;
}

export interface BlockTotals {
  liveBytes: number;
  liveAllocations: number;
  peakLiveBytes: number;
  peakTicks: bigint;
  allocatedBytes: number;
  freedBytes: number;
  profilerBytes: number;
  senderCpuNs: number;
}

export interface BlockLoss {
  /** A Loss_Kind, or a newer one. */
  kind: number;
  count: number;
  bytes: number;
}

export interface BlockMemory {
  ticks: bigint;
  residentBytes: number;
  anonymousBytes: number;
  cgroupBytes: number;
  cgroupLimitBytes: number;
  fileBytes: number;
  sharedBytes: number;
  swapBytes: number;
  cgroupSwapBytes: number;
  cgroupOom: number;
  cgroupOomKills: number;
}

/** A Block without its events. */
export interface BlockHeader {
  sequence: number;
  eventCount: number;
  allocationCount: number;
  firstAllocation: number;
  clock: BlockClock;
  dictionary: DictionaryDelta | null;
  totals: BlockTotals;
  losses: BlockLoss[];
  memory: BlockMemory | null;
  modeChanges: BlockModeChange[];
  markers: BlockMarker[];
  counted: BlockCounted | null;
  extras: BlockExtras;
  columns: ColumnSet;
}

const MAX_LOSSES = 64;
const MAX_SEQUENCE = 0xffffffff; // a 32-bit column in the database; at 15 blocks a second that is nine years

/** Reads everything of a Block but the events; columns are found, not yet decompressed. Throws WireError. */
export function readBlockHeader(bytes: Uint8Array): BlockHeader {
  const block: BlockHeader = {
    sequence: 0,
    eventCount: 0,
    allocationCount: 0,
    firstAllocation: 0,
    clock: { baseTicks: 0n, baseUnixNs: 0n, nsPerTick: 0 },
    dictionary: null,
    totals: NO_TOTALS,
    losses: [],
    memory: null,
    modeChanges: [],
    markers: [],
    counted: null,
    extras: noExtras(),
    columns: new ColumnSet(),
  };
  for (const fields = new FieldReader(bytes, "Block"); fields.next();) {
    const read = FIELDS[fields.number];
    const readExtra = EXTRA_FIELDS[fields.number];
    if (read) read(block, fields);
    else if (readExtra) readExtra(block.extras, fields.data());
    else fields.skip();
  }
  checkHeader(block);
  return block;
}

const NO_TOTALS: BlockTotals = {
  liveBytes: 0,
  liveAllocations: 0,
  peakLiveBytes: 0,
  peakTicks: 0n,
  allocatedBytes: 0,
  freedBytes: 0,
  profilerBytes: 0,
  senderCpuNs: 0,
};

const FIELDS: Record<number, (block: BlockHeader, fields: FieldReader) => void> = {
  1: (block, fields) => {
    block.sequence = fields.uint();
  },
  2: (block, fields) => {
    block.eventCount = fields.uint();
  },
  3: (block, fields) => {
    block.allocationCount = fields.uint();
  },
  4: (block, fields) => {
    block.firstAllocation = fields.uint();
  },
  5: (block, fields) => {
    block.clock = readClock(fields.data());
  },
  6: (block, fields) => {
    if (block.dictionary) throw new WireError("bad_dictionary", "a block has two dictionaries");
    block.dictionary = readDictionary(fields.data());
  },
  7: (block, fields) => {
    readColumn(block.columns, fields.data());
  },
  8: (block, fields) => {
    block.totals = readTotals(fields.data());
  },
  9: (block, fields) => {
    if (block.losses.length >= MAX_LOSSES)
      throw new WireError("malformed_message", `a block has more than ${MAX_LOSSES} losses`);
    block.losses.push(readLoss(fields.data()));
  },
  10: (block, fields) => {
    block.memory = readMemory(fields.data());
  },
  11: (block, fields) => {
    checkNotes(block.modeChanges);
    block.modeChanges.push(readModeChange(fields.data()));
  },
  12: (block, fields) => {
    checkNotes(block.markers);
    block.markers.push(readMarker(fields.data()));
  },
  13: (block, fields) => {
    block.counted = readCounted(fields.data());
  },
};

function checkHeader(block: BlockHeader): void {
  const { sequence, eventCount, allocationCount, firstAllocation, clock } = block;
  if (sequence < 1 || sequence > MAX_SEQUENCE)
    throw new WireError("number_out_of_range", `a block has the sequence number ${sequence}`);
  if (eventCount > MAX_EVENTS)
    throw new WireError("too_many_events", `a block has ${eventCount} events, at most ${MAX_EVENTS} are allowed`);
  if (allocationCount > eventCount) {
    throw new WireError("count_mismatch", `a block has ${allocationCount} allocations but only ${eventCount} events`);
  }
  if (firstAllocation < 1 && eventCount > 0)
    throw new WireError("number_out_of_range", "allocations are numbered from 1");
  if (firstAllocation > MAX_WIRE_NUMBER) {
    throw new WireError("number_out_of_range", `allocation number ${firstAllocation} is too large`);
  }
  checkClock(clock, eventCount);
}

/** Times are signed 64-bit nanoseconds in the database; a tick is a part of a clock cycle up to a second. */
function checkClock(clock: BlockClock, eventCount: number): void {
  if (clock.baseUnixNs >= 1n << 63n)
    throw new WireError("number_out_of_range", "the clock's base_unix_ns is after the year 2262");
  const { nsPerTick } = clock;
  if (eventCount > 0 && !(nsPerTick > 0 && nsPerTick <= 1e9)) {
    throw new WireError("number_out_of_range", `the clock has ${nsPerTick} ns per tick`);
  }
}

function readClock(bytes: Uint8Array): BlockClock {
  const clock: BlockClock = { baseTicks: 0n, baseUnixNs: 0n, nsPerTick: 0 };
  for (const fields = new FieldReader(bytes, "Clock"); fields.next();) {
    if (fields.number === 1) clock.baseTicks = fields.uint64();
    else if (fields.number === 2) clock.baseUnixNs = fields.fixed64();
    else if (fields.number === 3) clock.nsPerTick = fields.double();
    else fields.skip();
  }
  return clock;
}

function readColumn(columns: ColumnSet, bytes: Uint8Array): void {
  let kind = 0;
  let compression = 0;
  let sizeBytes = 0;
  let data = new Uint8Array(0);
  for (const fields = new FieldReader(bytes, "Column"); fields.next();) {
    if (fields.number === 1) kind = fields.uint();
    else if (fields.number === 2) compression = fields.uint();
    else if (fields.number === 3) sizeBytes = fields.uint32();
    else if (fields.number === 4) data = fields.data() as Uint8Array<ArrayBuffer>;
    else fields.skip();
  }
  columns.add(kind, { compression, sizeBytes, data });
}

const TOTALS_FIELDS = [
  undefined,
  "liveBytes",
  "liveAllocations",
  "peakLiveBytes",
  undefined,
  "allocatedBytes",
  "freedBytes",
  "profilerBytes",
  "senderCpuNs",
] as const;

function readTotals(bytes: Uint8Array): BlockTotals {
  const totals = { ...NO_TOTALS };
  for (const fields = new FieldReader(bytes, "Totals"); fields.next();) {
    const name = TOTALS_FIELDS[fields.number];
    if (name) totals[name] = fields.uint();
    else if (fields.number === 4) totals.peakTicks = fields.uint64();
    else fields.skip();
  }
  return totals;
}

function readLoss(bytes: Uint8Array): BlockLoss {
  const loss: BlockLoss = { kind: 0, count: 0, bytes: 0 };
  for (const fields = new FieldReader(bytes, "Loss"); fields.next();) {
    if (fields.number === 1) loss.kind = fields.uint();
    else if (fields.number === 2) loss.count = fields.uint();
    else if (fields.number === 3) loss.bytes = fields.uint();
    else fields.skip();
  }
  return loss;
}

const MEMORY_FIELDS = [
  undefined,
  undefined,
  "residentBytes",
  "anonymousBytes",
  "cgroupBytes",
  "cgroupLimitBytes",
  "fileBytes",
  "sharedBytes",
  "swapBytes",
  "cgroupSwapBytes",
  "cgroupOom",
  "cgroupOomKills",
] as const;

const NO_MEMORY: BlockMemory = {
  ticks: 0n,
  residentBytes: 0,
  anonymousBytes: 0,
  cgroupBytes: 0,
  cgroupLimitBytes: 0,
  fileBytes: 0,
  sharedBytes: 0,
  swapBytes: 0,
  cgroupSwapBytes: 0,
  cgroupOom: 0,
  cgroupOomKills: 0,
};

function readMemory(bytes: Uint8Array): BlockMemory {
  const memory = { ...NO_MEMORY };
  for (const fields = new FieldReader(bytes, "MemorySample"); fields.next();) {
    const name = MEMORY_FIELDS[fields.number];
    if (name) memory[name] = fields.uint();
    else if (fields.number === 1) memory.ticks = fields.uint64();
    else fields.skip();
  }
  return memory;
}
