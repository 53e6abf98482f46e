import type { AllocationRow } from "./allocations.js";
import type { MemoryFacts } from "./maps.js";
import type { Frame } from "./stacks.js";

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

/** A stack at the end of its process. */
export interface EndingStack {
  stack: number;
  liveBytes: number;
  liveCount: number;
  /** What came minus what went within the window; negative: it shrank. */
  growthBytes: number;
  growthCount: number;
}

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
