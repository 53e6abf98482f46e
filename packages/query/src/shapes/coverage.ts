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
