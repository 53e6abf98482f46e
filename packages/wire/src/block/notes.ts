import { WireError } from "../error.js";
import { FieldReader } from "../fields.js";

/** How recording changed. */
export interface BlockModeChange {
  ticks: bigint;
  /** A Mode, or a newer one; so is `to`. */
  from: number;
  to: number;
  /** A ModeChange_Why, or a newer one. */
  why: number;
  sampleBytes: number;
}

export interface BlockMarker {
  ticks: bigint;
  number: number;
  label: string;
}

/** What happened in the time of the block, when its events are not all of it. */
export interface BlockCounted {
  startTicks: bigint;
  endTicks: bigint;
  allocations: number;
  deallocations: number;
  culled: number;
  sampled: boolean;
  liveBytesVariance: number;
  liveVariance: number;
}

const MAX_NOTES = 64;
const MAX_LABEL_BYTES = 255;

export function checkNotes(notes: readonly unknown[]): void {
  if (notes.length >= MAX_NOTES)
    throw new WireError("malformed_message", `a block has more than ${MAX_NOTES} mode changes or markers`);
}

export function readModeChange(bytes: Uint8Array): BlockModeChange {
  const change: BlockModeChange = { ticks: 0n, from: 0, to: 0, why: 0, sampleBytes: 0 };
  for (const fields = new FieldReader(bytes, "ModeChange"); fields.next();) {
    if (fields.number === 1) change.ticks = fields.uint64();
    else if (fields.number === 2) change.from = fields.uint32();
    else if (fields.number === 3) change.to = fields.uint32();
    else if (fields.number === 4) change.why = fields.uint32();
    else if (fields.number === 5) change.sampleBytes = fields.uint();
    else fields.skip();
  }
  return change;
}

export function readMarker(bytes: Uint8Array): BlockMarker {
  const marker: BlockMarker = { ticks: 0n, number: 0, label: "" };
  for (const fields = new FieldReader(bytes, "Marker"); fields.next();) {
    if (fields.number === 1) marker.ticks = fields.uint64();
    else if (fields.number === 2) marker.number = fields.uint32();
    else if (fields.number === 3) marker.label = readLabel(fields);
    else fields.skip();
  }
  return marker;
}

function readLabel(fields: FieldReader): string {
  const bytes = fields.data();
  if (bytes.length > MAX_LABEL_BYTES)
    throw new WireError("malformed_message", `a marker's label has more than ${MAX_LABEL_BYTES} bytes`);
  return utf8.decode(bytes);
}

const utf8 = new TextDecoder();

export function readCounted(bytes: Uint8Array): BlockCounted {
  const counted: BlockCounted = {
    startTicks: 0n,
    endTicks: 0n,
    allocations: 0,
    deallocations: 0,
    culled: 0,
    sampled: false,
    liveBytesVariance: 0,
    liveVariance: 0,
  };
  for (const fields = new FieldReader(bytes, "Counted"); fields.next();) {
    const read = COUNTED[fields.number];
    if (read) read(counted, fields);
    else fields.skip();
  }
  const variances = [counted.liveBytesVariance, counted.liveVariance];
  if (variances.some((variance) => !(variance >= 0 && variance < Infinity)))
    throw new WireError("number_out_of_range", "a variance is not a number above zero");
  return counted;
}

const COUNTED: Record<number, (counted: BlockCounted, fields: FieldReader) => void> = {
  1: (counted, fields) => {
    counted.startTicks = fields.uint64();
  },
  2: (counted, fields) => {
    counted.endTicks = fields.uint64();
  },
  3: (counted, fields) => {
    counted.allocations = fields.uint();
  },
  4: (counted, fields) => {
    counted.deallocations = fields.uint();
  },
  5: (counted, fields) => {
    counted.culled = fields.uint();
  },
  6: (counted, fields) => {
    counted.sampled = fields.uint() !== 0;
  },
  7: (counted, fields) => {
    counted.liveBytesVariance = fields.double();
  },
  8: (counted, fields) => {
    counted.liveVariance = fields.double();
  },
};
