/**
 * What views return: one set of shapes for the API, the GUI, Grafana, scripts and the CLI.
 *
 * Times inside a process are nanoseconds since its start (`...Ns`, exact as a number for 104 days); the start itself is
 * `startedUnixNs`, a decimal string, since it does not fit a number. Sizes are bytes. Large results are columns, not rows.
 */

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

/** What a question counts. `live` is at one instant (`atNs`), the others are within a window (`fromNs` .. `toNs`). */
export type Measure = "live" | "allocated" | "freed" | "leaked" | "temporary";
export type Weight = "bytes" | "count";

export interface ModeChange {
  timeNs: number;
  from: string;
  to: string;
  /** api, signal, settings, condition or budget */
  why: string;
  /** Mean bytes between samples from then on. */
  sampleBytes: number;
}

export interface Marker {
  timeNs: number;
  number: number;
  label: string;
}

/** All arrays have one length; `timeNs` is the end of each interval. Rates are per second. */
export interface Timeline {
  revision: number;
  fromNs: number;
  toNs: number;
  timeNs: number[];
  liveBytes: number[];
  liveAllocations: number[];
  /** Highest live bytes within the interval. */
  peakLiveBytes: number[];
  allocatedBytesPerSecond: number[];
  allocationsPerSecond: number[];
  freesPerSecond: number[];
  /** null where not sampled. */
  residentBytes: (number | null)[];
  limitBytes: (number | null)[];
  /** Resident anonymous memory; what exceeds the live bytes is the allocator's: fragmentation, caches, overhead. */
  anonymousBytes: (number | null)[];
  /** Standard deviation of `liveBytes`; absent where nothing was sampled. */
  liveBytesDeviation?: number[];
  modeChanges?: ModeChange[];
  markers?: Marker[];
}

/** A call tree as columns; node 0 is the root; parents come before children. */
export interface Tree {
  revision: number;
  measure: Measure;
  weight: Weight;
  /** One sentence: what is shown. */
  sentence: string;
  totalBytes: number;
  totalCount: number;
  /** Standard deviation of `totalBytes`; absent where nothing was sampled. */
  totalBytesDeviation?: number;
  /** Number of stacks that make up the tree. */
  stacks: number;
  strings: string[];
  parent: number[];
  /** Index into strings: function, or module+0xoffset without symbols. */
  name: number[];
  /** Index into strings: file name of the module. */
  module: number[];
  /** Index into strings: source file, or the empty string. */
  file: number[];
  line: number[];
  /** 1 = inlined into its parent. */
  inlined: (0 | 1)[];
  /** Of a node: what ends there (self), what is in children too light to show (small), and the totals of its children. */
  totalBytesOf: number[];
  totalCountOf: number[];
  selfBytes: number[];
  selfCount: number[];
  smallBytes: number[];
  smallCount: number[];
  /** Children lighter than `minShare` of the total have no node; how many, without those below them. */
  pruned: number;
}

export interface Frame {
  function: string;
  module: string;
  file: string;
  line: number;
  offset: string;
  inlined: boolean;
}

export interface StackGroup {
  stack: number;
  stackId: string;
  frames: Frame[];
  bytes: number;
  count: number;
  /** Standard deviation of `bytes`; absent where nothing was sampled. */
  bytesDeviation?: number;
  allocatedBytes: number;
  allocations: number;
  freedBytes: number;
  frees: number;
  leakedBytes: number;
  leaked: number;
  temporaries: number;
  minSize: number;
  maxSize: number;
  firstNs: number;
  lastNs: number;
  meanLifetimeNs: number | null;
}

export interface Groups {
  revision: number;
  measure: Measure;
  sentence: string;
  totalStacks: number;
  totalBytes: number;
  totalBytesDeviation?: number;
  totalCount: number;
  groups: StackGroup[];
}

export interface AllocationRow {
  id: string;
  timeNs: number;
  lifetimeNs: number | null;
  address: string;
  size: number;
  stack: number;
  thread: number;
  kind: "malloc" | "calloc" | "realloc" | "aligned";
  reallocOf: string | null;
  freeThread: number | null;
  freeStack: number | null;
}

export interface Allocations {
  revision: number;
  sentence: string;
  total: number;
  rows: AllocationRow[];
  /** Frames of the stacks that the rows name. */
  stacks: Record<number, Frame[]>;
  /** Pass as `after` for the next page; null at the end. */
  next: string | null;
}

/** A call that a mapping, or a part of it, goes back to. */
export interface MappingOwner {
  call: "mmap" | "mremap" | "brk";
  timeNs: number;
  tid: number;
  stack: number;
  /** Of the mapping. */
  bytes: number;
}

export type MappingKind = "heap" | "stack" | "anonymous" | "file" | "kernel";

export interface MappingRow {
  /** Hexadecimal, with 0x. */
  start: string;
  end: string;
  sizeBytes: number;
  permissions: string;
  name: string;
  kind: MappingKind;
  residentBytes: number;
  proportionalBytes: number;
  privateDirtyBytes: number;
  anonymousBytes: number;
  swapBytes: number;
  /** The largest part first. Empty: mapped inside libc, by the loader, or before recording began. */
  owners: MappingOwner[];
  /** Bytes that no recorded call explains. */
  unexplainedBytes: number;
}

/** One sample of what the kernel says about the process's memory. */
export interface MemoryFacts {
  timeNs: number;
  residentBytes: number;
  anonymousBytes: number;
  fileBytes: number;
  sharedBytes: number;
  swapBytes: number;
  liveBytes: number;
  profilerBytes: number;
  cgroupBytes: number;
  cgroupLimitBytes: number;
  cgroupSwapBytes: number;
  cgroupOom: number;
  cgroupOomKills: number;
}

/** An allocator in the process; number 0 serves malloc. */
export interface AllocatorInfo {
  number: number;
  name: string;
  module: string;
  version: string;
  prefix: string;
  /** interposed, imports, patched, pool; refused: its calls are not seen, see `reason`. */
  hooking: string;
  reason: string;
  /** What it said of itself last, null when it was not asked. */
  inUseBytes: number | null;
  freeBytes: number | null;
  mappedBytes: number | null;
}

/** A setting of the allocator that the program changed (mallopt). */
export interface AllocatorSetting {
  timeNs: number;
  tid: number;
  stack: number;
  parameter: number;
  name: string;
  value: number;
  accepted: boolean;
}

/** The address space at an instant. */
export interface Maps {
  revision: number;
  sentence: string;
  atNs: number;
  /** When the shown list was taken; null: none was by then. */
  sampledNs: number | null;
  /** When lists were taken, in order, and the resident bytes of each. */
  sampleTimesNs: number[];
  sampleResidentBytes: number[];
  mappings: MappingRow[];
  memory: MemoryFacts | null;
  allocators: AllocatorInfo[];
  settings: AllocatorSetting[];
  /** Calls that were looked at. */
  calls: number;
  /** Frames of the stacks that owners and settings name. */
  stacks: Record<number, Frame[]>;
}

/** Pods that somebody asked profiles of, pods that got the library, and pods from all of whose profiled containers data come. */
export interface CoverageCounts {
  asked: number;
  injected: number;
  reporting: number;
}

/** skip: not injected. warn: something wants a look. gap: injected, and nothing comes. info: fine. */
export type ReasonSeverity = "info" | "skip" | "warn" | "gap";

/** A cause of missing profiles, or a warning; code and advice are those of docs/reference/reasons.md. */
export interface CoverageCause {
  code: string;
  severity: ReasonSeverity;
  title: string;
  /** What to do. */
  advice: string;
  /** Pods of which it is the likeliest cause. */
  pods: number;
}

export interface CoverageWorkload extends CoverageCounts {
  namespace: string;
  /** "Deployment/web" */
  workload: string;
  /** Codes of its pods without profiles, the commonest first. */
  causes: { code: string; pods: number }[];
  restarts: number;
  /** Ends of its containers for memory in the last day. */
  oomKills: number;
}

export interface Coverage extends CoverageCounts {
  /** When the injector reported last; null: it never has. */
  reportedUnixNs: string | null;
  /** Nothing has been reported for minutes: figures may be old. */
  isStale: boolean;
  sentence: string;
  causes: CoverageCause[];
  /** Those with gaps first. */
  workloads: CoverageWorkload[];
  /** Workloads in all; the list has the first thousand. */
  totalWorkloads: number;
}

export interface CoverageFinding {
  code: string;
  severity: ReasonSeverity;
  title: string;
  advice: string;
  detail: string;
}

/** A profiled container; of a pod without the library there is one, with an empty name. */
export interface CoverageContainer {
  container: string;
  reporting: boolean;
  /** waiting, running, terminated; empty: unknown. */
  state: string;
  stateReason: string;
  restarts: number;
  /** null: none. */
  limitBytes: number | null;
  /** The likeliest first. */
  findings: CoverageFinding[];
  /** How its last run ended; null: none has. */
  lastEnd: { reason: string; exitCode: number; finishedUnixNs: string } | null;
}

export interface CoveragePod {
  namespace: string;
  workload: string;
  pod: string;
  node: string;
  phase: string;
  createdUnixNs: string;
  injected: boolean;
  containers: CoverageContainer[];
}

export interface CoveragePods {
  total: number;
  pods: CoveragePod[];
}

/** none: nobody is asked. token: one token for all. kubernetes: a Kubernetes token. proxy: whom a proxy says. */
export type ReadersMode = "none" | "token" | "kubernetes" | "proxy";

/** Who is reading, and what they may see. */
export interface Reader {
  mode: ReadersMode;
  /** null: nobody in particular. */
  name: string | null;
  /** Namespaces with processes or pods that they may see; null: all. */
  namespaces: string[] | null;
  /** They came by a cookie, which signing out takes away. */
  canSignOut: boolean;
}

/** What a reader has to bring. */
export interface SignIn {
  mode: ReadersMode;
}

/** How a process ended, as far as anybody knows. */
export type EndingCause =
  /** It runs. */
  | "running"
  /** It ended by itself: exit, exec, or recording was stopped. */
  | "ended"
  /** A signal that it could have caught. */
  | "signal"
  /** The kernel killed it for memory: Kubernetes or the control group says so. */
  | "oom_killed"
  /** SIGKILL at its memory limit: nobody says so, but little else kills there. */
  | "likely_oom"
  /** SIGKILL, nobody knows why. */
  | "killed"
  /** Its stream stayed away and no spool of it was delivered. */
  | "lost";

/** The run of a container that a process was part of, as the kubelet reported its end. */
export interface ContainerEnd {
  reason: string;
  exitCode: number;
  signal: number;
  /** Since the start of the process; the kubelet counts in seconds. */
  finishedNs: number;
  restarts: number;
  /** null: none. */
  limitBytes: number | null;
}

/** A stack at the end of its process. */
export interface EndingStack {
  stack: number;
  liveBytes: number;
  liveCount: number;
  /** What came minus what went within the window; negative: it shrank. */
  growthBytes: number;
  growthCount: number;
}

/** The last minute of a process: what filled its memory, what grew, and the last large allocations. */
export interface Ending {
  revision: number;
  cause: EndingCause;
  /** One sentence: how it ended, with how much, of what limit. */
  sentence: string;
  /** Where that is known from, and what is not known. */
  evidence: string[];
  /** The window: its end is the end of the process, or now. */
  fromNs: number;
  toNs: number;
  liveBytes: number;
  liveAllocations: number;
  /** Of the window; what came minus what went. */
  growthBytes: number;
  growthCount: number;
  /** The last sample of the kernel's figures; null: none was taken. */
  memory: MemoryFacts | null;
  /** Of the control group, else of the container; null: none is known. */
  limitBytes: number | null;
  /** null outside of Kubernetes, or nobody reported it. */
  container: ContainerEnd | null;
  /** The largest by live bytes and those that grew most, in order of live bytes. */
  topStacks: EndingStack[];
  /** The largest allocations of the window, the newest first. */
  largest: AllocationRow[];
  /** Frames of the stacks that are named. */
  stacks: Record<number, Frame[]>;
}

/** What was asked of a running process, all requests together. */
export interface ProcessSettings {
  process: ProcessKey;
  /** When it was asked for the last time; null: never. */
  requestedUnixNs: string | null;
  /** null: as the process was started. */
  mode: RecordingMode | null;
  sampleBytes: number | null;
  cullMs: number | null;
  /** It was told to stop recording for good. */
  stop: boolean;
}

export type RecordingMode = "exact" | "cull" | "sample" | "auto" | "dormant";

/** What gathers processes in views of a fleet. `all`: everything in one. */
export type FleetBy = "all" | "namespace" | "workload" | "pod" | "container" | "process";

/** Labels of a group; those that it is not gathered by are empty. */
export interface FleetLabels {
  namespace: string;
  workload: string;
  pod: string;
  container: string;
  /** Of groups by process only. */
  process: ProcessKey;
  name: string;
}

/** Processes together, as they stood at the end of the range. */
export interface FleetGroup extends FleetLabels {
  /** Processes that existed within the range, and those that had not ended at its end. */
  processes: number;
  running: number;
  /** Pods with a running process. */
  pods: number;
  /** Of the running ones. */
  liveBytes: number;
  liveAllocations: number;
  /** Sum of what each process had at its highest within the range. */
  peakLiveBytes: number;
  /** Slope of the live bytes within the range, of the running ones. */
  growthBytesPerSecond: number;
  /** Mean over the range. */
  allocatedBytesPerSecond: number;
  allocationsPerSecond: number;
  /** Sum over processes: what they share counts in each. */
  residentBytes: number;
  /** Of their containers together; null: one of them has none, or it is not known. */
  limitBytes: number | null;
  /** Records that are missing, and how many processes miss some. */
  lossCount: number;
  lossy: number;
  /** Processes whose figures are estimates. */
  sampled: number;
}

export interface FleetGroups {
  /** One sentence: what is shown. */
  sentence: string;
  by: FleetBy;
  fromUnixNs: string;
  toUnixNs: string;
  /** Groups that there are; `groups` has the first of them. */
  total: number;
  groups: FleetGroup[];
}

/** One line per group; all arrays are as long as the timeline's `timeUnixMs`. */
export interface FleetSeries extends FleetLabels {
  /** The groups that have no line of their own, together: their labels are empty. */
  isRest: boolean;
  /** At the end of the range; null: unlimited or not known. */
  limitBytes: number | null;
  liveBytes: number[];
  liveAllocations: number[];
  residentBytes: number[];
  allocatedBytesPerSecond: number[];
  allocationsPerSecond: number[];
  processes: number[];
}

export interface FleetTimeline {
  by: FleetBy;
  fromUnixNs: string;
  toUnixNs: string;
  /** Ends of the intervals. */
  timeUnixMs: number[];
  series: FleetSeries[];
}

/** Values of a field, for choices. */
export interface FleetValues {
  field: string;
  values: string[];
}

/** Something that happened to a process at one time. */
export interface FleetEvent extends FleetLabels {
  timeUnixMs: number;
  kind: "end" | "oom" | "mode" | "marker";
  /** One sentence. */
  text: string;
}

export interface FleetEvents {
  events: FleetEvent[];
}

export interface ApiError {
  error: { code: string; message: string; advice: string; requestId: string };
}

/** A field of the question language. */
export interface FieldInfo {
  name: string;
  type: string;
  /** process, allocation or stack: questions about processes know only the first. */
  scope: string;
  operators: string[];
  description: string;
  example: string;
  /** What a choice may be; else empty. */
  choices: string[];
}

export interface FieldList {
  fields: FieldInfo[];
}

/** Whether a question is understood. */
export interface QuestionCheck {
  ok: boolean;
  /** When it is: its canonical text. */
  canonical?: string;
  error?: {
    message: string;
    /** Offset of the first wrong character. */
    position: number;
    length: number;
    /** What could stand there. */
    expected: string[];
    advice: string;
  };
}

/** An event of the live stream: a process has new data, or has ended. */
export interface LiveUpdate {
  process: ProcessKey;
  revision: number;
  liveBytes: number;
  running: boolean;
}
