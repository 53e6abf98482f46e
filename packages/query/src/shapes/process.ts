/** 16 hex digits. */
export type ProcessKey = string;

export type LossKind =
  | "ring_full"
  | "spool_full"
  | "unknown_free"
  | "missed_free"
  | "no_stack"
  | "truncated_stack"
  | "guessed_frame"
  | "busy"
  | "stack_table_full"
  | "memory_call"
  | "unhooked_allocator"
  | "unrecorded_free"
  | "forgotten"
  | "sample_set_full"
  | "marker"
  | "rejected_block"
  | "unseen_end";

export interface Loss {
  kind: LossKind;
  count: number;
  bytes: number;
  /** One sentence for people: what is missing and why. */
  advice: string;
  /** True: it follows from the recording mode, nothing went wrong; not in `lossCount`. */
  isByMode?: boolean;
}

export interface ProcessSummary {
  process: ProcessKey;
  /** What the program was started as, without the folder. */
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
  /** What the process was told last: exact, cull, sample, auto or dormant. Of auto the mode that it has chosen. */
  mode: string;
  /** Figures are estimates, at least in part. */
  isSampled?: boolean;
  /** Rows of single allocations are not all that happened: culled, held back or sampled. */
  isPartial?: boolean;
  /** Allocations that lived too shortly to be recorded one by one; only counted. */
  culledAllocations?: number;
  /** Standard deviation of `liveBytes`, where sampled. */
  liveBytesDeviation?: number;
  freeStacks: boolean;
  parentProcess: ProcessKey | null;
  startedUnixNs: string;
  /** Start to end, or to the last block seen. */
  durationNs: number;
  running: boolean;
  endReason: string;
  liveBytes: number;
  liveAllocations: number;
  peakLiveBytes: number;
  peakNs: number;
  allocatedBytes: number;
  allocations: number;
  frees: number;
  residentBytes: number;
  peakResidentBytes: number;
  limitBytes: number;
  lossCount: number;
  /** Grows whenever new data of the process arrives: the number of the newest block. */
  revision: number;
}

export interface ProcessList {
  total: number;
  processes: ProcessSummary[];
}

export interface ModuleInfo {
  number: number;
  path: string;
  buildId: string;
  /** Share of its frames that have symbols, 0 to 1. */
  symbolized: number;
}

export interface ProcessDetail extends ProcessSummary {
  losses: Loss[];
  threads: { thread: number; tid: number; name: string }[];
  modules: ModuleInfo[];
  stacks: number;
  maxDepth: number;
  /** Allocated again while the older block of that address... and other facts that a reader should know. */
  notes: string[];
}

/** An event of the live stream: a process has new data, or has ended. */
export interface LiveUpdate {
  process: ProcessKey;
  revision: number;
  liveBytes: number;
  running: boolean;
}
