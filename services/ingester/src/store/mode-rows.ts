import { LIFETIME_BUCKETS, ModeChange_Why, type BlockCounted, type BlockHeader } from "@heaphound/wire";
import { modeName } from "../receive/hello.js";
import type { BlockToStore } from "./block-to-store.js";
import type { BatchTables } from "./tables.js";
import { endOf, startOf, unixNs } from "./times.js";

/** Appends what culling has counted, changes of the mode, and markers. */
export function appendModes(tables: BatchTables, block: BlockToStore): void {
  appendCulled(tables, block);
  appendModeChanges(tables, block);
  appendMarkers(tables, block);
}

function appendCulled(tables: BatchTables, { process, header, decoder }: BlockToStore): void {
  const { culled } = decoder;
  const { columns } = tables.culled;
  const { count } = culled;
  if (count === 0) return;
  columns.process.fillBig(process, count);
  columns.block.fill(header.sequence, count);
  columns.stack.append(culled.stack, count);
  columns.start_ns.fillBig(totalsStartOf(header) ?? startOf(header, decoder), count);
  columns.end_ns.fillBig(endOf(header, decoder), count);
  columns.allocations.append(culled.allocations, count);
  columns.bytes.append(culled.bytes, count);
  for (let row = 0; row < count; row++) appendLifetimes(tables, culled.lifetimes, row * LIFETIME_BUCKETS);
  tables.culled.rows += count;
}

function appendLifetimes(tables: BatchTables, lifetimes: Float64Array, first: number): void {
  const { elements } = tables.culled.columns.lifetimes;
  let length = LIFETIME_BUCKETS;
  while (length > 0 && lifetimes[first + length - 1] === 0) length--;
  for (let bucket = 0; bucket < length; bucket++) elements.push(lifetimes[first + bucket]!);
  tables.culled.columns.lifetimes.endRow(length);
}

function appendModeChanges(tables: BatchTables, { process, header }: BlockToStore): void {
  const { columns } = tables.modeChanges;
  const whys: Record<number, string> = ModeChange_Why; // a newer client may have more
  for (const [place, change] of header.modeChanges.entries()) {
    columns.process.pushBig(process);
    columns.block.push(header.sequence);
    columns.place.push(place);
    columns.time_ns.pushBig(unixNs(header, change.ticks));
    columns.from_mode.push(modeName(change.from));
    columns.to_mode.push(modeName(change.to));
    columns.why.push(whys[change.why]?.toLowerCase() ?? "");
    columns.sample_bytes.push(change.sampleBytes);
    tables.modeChanges.rows++;
  }
}

function appendMarkers(tables: BatchTables, { process, header }: BlockToStore): void {
  const { columns } = tables.markers;
  for (const [place, marker] of header.markers.entries()) {
    columns.process.pushBig(process);
    columns.block.push(header.sequence);
    columns.place.push(place);
    columns.time_ns.pushBig(unixNs(header, marker.ticks));
    columns.number.push(marker.number);
    columns.label.push(marker.label);
    tables.markers.rows++;
  }
}

/** When the time begins that a block's totals are about, if it says so. */
export function totalsStartOf(header: BlockHeader): bigint | undefined {
  return header.counted ? unixNs(header, header.counted.startTicks) : undefined;
}

/** The columns of `blocks` about what happened, whether it has a row or not. */
export function appendCounted(tables: BatchTables, { header, decoder }: BlockToStore): void {
  const { columns } = tables.blocks;
  const counted = header.counted ?? everythingIn(header);
  columns.all_allocations.push(counted.allocations);
  columns.all_frees.push(counted.deallocations);
  columns.totals_start_ns.pushBig(totalsStartOf(header) ?? startOf(header, decoder));
  columns.culled.push(counted.culled);
  columns.partial.push(Number(header.counted !== null));
  columns.sampled.push(Number(counted.sampled));
  columns.live_bytes_deviation.push(deviation(counted.liveBytesVariance));
  columns.live_deviation.push(deviation(counted.liveVariance));
}

/** A block whose events are all that happened. */
function everythingIn({ allocationCount, eventCount }: BlockHeader): Omit<BlockCounted, "startTicks" | "endTicks"> {
  return {
    allocations: allocationCount,
    deallocations: eventCount - allocationCount,
    culled: 0,
    sampled: false,
    liveBytesVariance: 0,
    liveVariance: 0,
  };
}

function deviation(variance: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, Math.round(Math.sqrt(variance)));
}
