import type { Loss, LossKind, ProcessSummary } from "@heaphound/query";

/** A row of compileProcesses and compileFindProcess. */
export interface ProcessRow {
  key: string;
  parent_key: string | null;
  name: string;
  executable: string;
  arguments: string[];
  pid: number;
  hostname: string;
  namespace: string;
  workload: string;
  pod: string;
  container: string;
  architecture: string;
  libc: string;
  allocator: string;
  mode: string;
  free_stacks: boolean;
  page_size: number;
  started_unix_ns: string;
  duration_ns: number;
  running: number;
  end_reason: string;
  live_bytes: number;
  live_allocations: number;
  peak_live_bytes: number;
  peak_ns: number;
  allocated_bytes: number;
  allocations: number;
  frees: number;
  resident_bytes: number;
  peak_resident_bytes: number;
  limit_bytes: number;
  revision: number;
  loss_count: number;
  is_sampled: number;
  is_partial: number;
  culled_allocations: number;
  live_bytes_deviation: number;
  current_mode: string;
  total: number;
}

export function toSummary(row: ProcessRow): ProcessSummary {
  return {
    process: row.key,
    name: row.name,
    executable: row.executable,
    arguments: row.arguments,
    pid: row.pid,
    hostname: row.hostname,
    namespace: row.namespace,
    workload: row.workload,
    pod: row.pod,
    container: row.container,
    architecture: row.architecture,
    libc: row.libc,
    allocator: row.allocator,
    mode: row.current_mode,
    ...(row.is_sampled === 1 && { isSampled: true, liveBytesDeviation: row.live_bytes_deviation }),
    ...(row.is_partial === 1 && { isPartial: true, culledAllocations: row.culled_allocations }),
    freeStacks: row.free_stacks,
    parentProcess: row.parent_key,
    startedUnixNs: row.started_unix_ns,
    durationNs: row.duration_ns,
    running: row.running === 1,
    endReason: row.end_reason,
    liveBytes: row.live_bytes,
    liveAllocations: row.live_allocations,
    peakLiveBytes: row.peak_live_bytes,
    peakNs: row.peak_ns,
    allocatedBytes: row.allocated_bytes,
    allocations: row.allocations,
    frees: row.frees,
    residentBytes: row.resident_bytes,
    peakResidentBytes: row.peak_resident_bytes,
    limitBytes: row.limit_bytes,
    lossCount: row.loss_count,
    revision: row.revision,
  };
}

const ADVICE: Partial<Record<LossKind, string>> = {
  ring_full: "Events were dropped because a thread's ring was full: the sender did not keep up; totals are too low.",
  spool_full: "Events were dropped because the spool was full: the ingester did not keep up; totals are too low.",
  unknown_free: "Blocks were freed that were not known to be live, for example from before profiling began.",
  missed_free: "An address was handed out again while its block still counted as live: a deallocation was lost.",
  no_stack: "Allocations were recorded without a stack: they count, but nobody can tell where they come from.",
  truncated_stack: "Stacks were cut at the depth limit or at an unreadable word: their outer frames are missing.",
  guessed_frame: "Frames without unwind information were walked by their frame pointer and may be wrong.",
  busy: "Events inside the profiler, or in a signal handler that interrupted it, were not recorded.",
  stack_table_full: "The table of stacks was full: later allocations with new stacks have none.",
  memory_call:
    "Calls of mmap, munmap or the like came faster than they were read: the origin of some mappings is unknown.",
  unhooked_allocator: "The process has an allocator whose calls cannot be seen: its blocks are missing.",
  unrecorded_free:
    "Blocks were freed that were allocated while nothing, or only samples, was recorded: they never counted.",
  forgotten: "Blocks were live when recording stopped: nobody saw when they were freed, so they still count as live.",
  sample_set_full: "Samples were dropped because there was no room for their address: estimates are too low.",
  marker: "Markers were dropped because too many came at once.",
  rejected_block: "The ingester rejected a block that broke the protocol; its events are missing.",
  unseen_end: "The process was killed; what happened in its last moments, a fraction of a second, is missing.",
};

const BY_MODE: ReadonlySet<LossKind> = new Set(["unrecorded_free", "forgotten"]);

export function toLoss(row: { kind: string; count: number; bytes: number }): Loss {
  const kind = row.kind as LossKind;
  return {
    kind,
    count: row.count,
    bytes: row.bytes,
    advice: ADVICE[kind] ?? "Data of this kind is missing.",
    ...(BY_MODE.has(kind) && { isByMode: true }),
  };
}
