import { Allocator_Hooking, MemoryCall_Kind, type BlockHeader } from "@heaphound/wire";
import type { BatchTables } from "./tables.js";
import { unixNs } from "./times.js";

interface Block {
  process: bigint;
  header: BlockHeader;
}

/** Appends what a block says about memory beside its allocations. */
export function appendMemory(tables: BatchTables, block: Block): void {
  appendSample(tables, block);
  appendCalls(tables, block);
  appendMappings(tables, block);
  appendAllocators(tables, block);
  appendAllocatorSamples(tables, block);
}

function appendSample(tables: BatchTables, { process, header }: Block): void {
  const { memory, totals } = header;
  if (!memory) return;
  const { columns } = tables.memorySamples;
  columns.process.pushBig(process);
  columns.time_ns.pushBig(unixNs(header, memory.ticks));
  columns.block.push(header.sequence);
  columns.resident_bytes.push(memory.residentBytes);
  columns.anonymous_bytes.push(memory.anonymousBytes);
  columns.file_bytes.push(memory.fileBytes);
  columns.shared_bytes.push(memory.sharedBytes);
  columns.swap_bytes.push(memory.swapBytes);
  columns.live_bytes.push(totals.liveBytes);
  columns.profiler_bytes.push(totals.profilerBytes);
  columns.cgroup_bytes.push(memory.cgroupBytes);
  columns.cgroup_limit_bytes.push(memory.cgroupLimitBytes);
  columns.cgroup_swap_bytes.push(memory.cgroupSwapBytes);
  columns.cgroup_oom.push(memory.cgroupOom);
  columns.cgroup_oom_kills.push(memory.cgroupOomKills);
  tables.memorySamples.rows++;
}

/** "mmap", "munmap"...; a newer client may have more kinds. */
function nameIn(names: Readonly<Record<number, string>>, value: number): string {
  return names[value]?.toLowerCase() ?? `kind_${value}`;
}

function appendCalls(tables: BatchTables, { process, header }: Block): void {
  const { columns } = tables.memoryCalls;
  for (const [index, call] of header.extras.memoryCalls.entries()) {
    columns.process.pushBig(process);
    columns.block.push(header.sequence);
    columns.number.push(index);
    columns.time_ns.pushBig(unixNs(header, call.ticks));
    columns.kind.push(nameIn(MemoryCall_Kind, call.kind));
    columns.tid.push(call.tid);
    columns.stack.push(call.stack);
    columns.address.pushBig(call.address);
    columns.size.pushBig(call.size);
    columns.old_address.pushBig(call.oldAddress);
    columns.old_size.pushBig(call.oldSize);
    columns.protection.push(call.protection);
    columns.flags.push(call.flags);
    columns.file_offset.pushBig(call.offset);
    columns.parameter.push(call.parameter);
    columns.value.push(call.value);
    columns.result.push(call.result);
    tables.memoryCalls.rows++;
  }
}

function appendMappings(tables: BatchTables, { process, header }: Block): void {
  const { maps } = header.extras;
  if (!maps) return;
  const { columns } = tables.mappings;
  const timeNs = unixNs(header, maps.ticks);
  for (const mapping of maps.mappings) {
    columns.process.pushBig(process);
    columns.time_ns.pushBig(timeNs);
    columns.start.pushBig(mapping.start);
    columns.size.pushBig(mapping.size);
    columns.permissions.push(mapping.permissions);
    columns.name.push(mapping.name);
    columns.file_offset.pushBig(mapping.offset);
    columns.resident_bytes.pushBig(mapping.residentBytes);
    columns.proportional_bytes.pushBig(mapping.proportionalBytes);
    columns.private_dirty_bytes.pushBig(mapping.privateDirtyBytes);
    columns.anonymous_bytes.pushBig(mapping.anonymousBytes);
    columns.swap_bytes.pushBig(mapping.swapBytes);
    tables.mappings.rows++;
  }
}

function appendAllocators(tables: BatchTables, { process, header }: Block): void {
  const { columns } = tables.allocators;
  for (const allocator of header.extras.allocators) {
    columns.process.pushBig(process);
    columns.number.push(allocator.number);
    columns.block.push(header.sequence);
    columns.name.push(allocator.name);
    columns.module.push(allocator.module);
    columns.version.push(allocator.version);
    columns.prefix.push(allocator.prefix);
    columns.hooking.push(nameIn(Allocator_Hooking, allocator.hooking));
    columns.reason.push(allocator.reason);
    tables.allocators.rows++;
  }
}

function appendAllocatorSamples(tables: BatchTables, { process, header }: Block): void {
  const { columns } = tables.allocatorSamples;
  for (const sample of header.extras.allocatorSamples) {
    columns.process.pushBig(process);
    columns.allocator.push(sample.allocator);
    columns.time_ns.pushBig(unixNs(header, sample.ticks));
    columns.block.push(header.sequence);
    columns.in_use_bytes.pushBig(sample.inUseBytes);
    columns.free_bytes.pushBig(sample.freeBytes);
    columns.mapped_bytes.pushBig(sample.mappedBytes);
    columns.arenas.pushBig(sample.arenas);
    columns.big_bytes.pushBig(sample.bigBytes);
    columns.big_blocks.pushBig(sample.bigBlocks);
    columns.top_bytes.pushBig(sample.topBytes);
    tables.allocatorSamples.rows++;
  }
}
