import type { BlockToStore } from "./block-to-store.js";
import { lossName } from "./losses.js";
import { appendMemory } from "./memory-rows.js";
import { appendCounted, appendModes } from "./mode-rows.js";
import type { BatchTables } from "./tables.js";
import { endOf, startOf, unixNs } from "./times.js";

/** Appends the rows of a block's events, losses and totals. */
export function appendBlock(tables: BatchTables, block: BlockToStore): void {
  if (!block.stored.allocations) appendAllocations(tables, block);
  if (!block.stored.lateFrees) appendLateFrees(tables, block);
  appendLosses(tables, block);
  appendMemory(tables, block);
  appendModes(tables, block);
  appendTotals(tables, block);
}

function appendAllocations(tables: BatchTables, { process, header, decoder }: BlockToStore): void {
  const { columns } = tables.allocations;
  const { allocations } = decoder;
  const { count } = allocations;
  const { clock } = header;
  columns.process.fillBig(process, count);
  columns.id.appendSequence(header.firstAllocation, count);
  columns.block.fill(header.sequence, count);
  columns.time_ns.appendTimes(allocations.ticks, count, clock);
  columns.lifetime_ns.appendDurations(allocations.ticks, allocations.freeTicks, {
    count,
    nsPerTick: clock.nsPerTick,
    known: allocations.freed,
  });
  columns.freed.append(allocations.freed, count);
  columns.address.append(allocations.key, count, 8);
  columns.size.append(allocations.sizeBytes, count);
  columns.stack.append(allocations.stack, count);
  columns.thread.append(allocations.thread, count);
  columns.kind.append(allocations.kind, count);
  columns.realloc_of.append(allocations.replaced, count);
  columns.free_thread.append(allocations.freeThread, count);
  columns.free_stack.append(allocations.freeStack, count);
  columns.sample_bytes.append(allocations.sampleBytes, count);
  tables.allocations.rows += count;
}

function appendLateFrees(tables: BatchTables, { process, header, decoder }: BlockToStore): void {
  const { columns } = tables.lateFrees;
  const { lateFrees } = decoder;
  const { count } = lateFrees;
  const { clock } = header;
  columns.process.fillBig(process, count);
  columns.id.append(lateFrees.allocation, count);
  columns.block.fill(header.sequence, count);
  columns.time_ns.appendTimes(lateFrees.ticks, count, clock);
  columns.lifetime_ns.appendDurations(lateFrees.allocationTicks, lateFrees.ticks, {
    count,
    nsPerTick: clock.nsPerTick,
  });
  columns.size.append(lateFrees.sizeBytes, count);
  columns.stack.append(lateFrees.stack, count);
  columns.free_thread.append(lateFrees.thread, count);
  columns.free_stack.append(lateFrees.freeStack, count);
  columns.sample_bytes.append(lateFrees.sampleBytes, count);
  tables.lateFrees.rows += count;
}

function appendLosses(tables: BatchTables, { process, header }: BlockToStore): void {
  // The table keeps one row per block and kind, so a kind that comes twice is added up here.
  const sums = new Map<number, { count: number; bytes: number }>();
  for (const { kind, count, bytes } of header.losses) {
    const sum = sums.get(kind) ?? { count: 0, bytes: 0 };
    sums.set(kind, { count: sum.count + count, bytes: sum.bytes + bytes });
  }
  for (const [kind, { count, bytes }] of sums) {
    appendLoss(tables, { process, block: header.sequence, kind: lossName(kind), count, bytes, detail: "" });
  }
}

export interface LossRow {
  process: bigint;
  block: number;
  kind: string;
  count: number;
  bytes: number;
  detail: string;
}

export function appendLoss(tables: BatchTables, loss: LossRow): void {
  const { columns } = tables.losses;
  columns.process.pushBig(loss.process);
  columns.block.push(loss.block);
  columns.kind.push(loss.kind);
  columns.count.push(loss.count);
  columns.bytes.push(loss.bytes);
  columns.detail.push(loss.detail);
  tables.losses.rows++;
}

const NOT_SAMPLED = { residentBytes: 0, anonymousBytes: 0, cgroupBytes: 0, cgroupLimitBytes: 0 };

function appendTotals(tables: BatchTables, block: BlockToStore): void {
  const { header, decoder } = block;
  const { columns } = tables.blocks;
  const { totals, memory } = header;
  const start = startOf(header, decoder);
  columns.process.pushBig(block.process);
  columns.block.push(header.sequence);
  columns.start_ns.pushBig(start);
  columns.end_ns.pushBig(endOf(header, decoder));
  columns.allocations.push(header.allocationCount);
  columns.frees.push(header.eventCount - header.allocationCount);
  columns.allocated_bytes.push(totals.allocatedBytes);
  columns.freed_bytes.push(totals.freedBytes);
  columns.live_bytes.push(totals.liveBytes);
  columns.live_allocations.push(totals.liveAllocations);
  columns.peak_live_bytes.push(totals.peakLiveBytes);
  columns.peak_ns.pushBig(totals.peakTicks === 0n ? start : unixNs(header, totals.peakTicks));
  columns.profiler_bytes.push(totals.profilerBytes);
  columns.sender_cpu_ns.push(totals.senderCpuNs);
  columns.wire_bytes.push(block.wireBytes);
  columns.first_allocation.push(header.firstAllocation);
  const { residentBytes, anonymousBytes, cgroupBytes, cgroupLimitBytes } = memory ?? NOT_SAMPLED;
  columns.resident_bytes.push(residentBytes);
  columns.anonymous_bytes.push(anonymousBytes);
  columns.cgroup_bytes.push(cgroupBytes);
  columns.cgroup_limit_bytes.push(cgroupLimitBytes);
  columns.sampled_ns.pushBig(memory ? unixNs(header, memory.ticks) : 0n);
  appendCounted(tables, block);
  tables.blocks.rows++;
}
