import type { ProcessKey } from "./process.js";

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
