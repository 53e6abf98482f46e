import type { Instant } from "../ast.js";
import { instantToNs } from "../language/units.js";

/** The process that a question is about, and how its own time relates to the clock. */
export interface ProcessScope {
  /** Decimal, as the database's UInt64. */
  process: string;
  startedNs: bigint;
  /** What percentages of the run refer to. */
  durationNs: number;
  /** Some of its allocations were sampled: sums must weigh them. */
  isSampled?: boolean;
  /** Some were culled, held back or sampled: rows are not all that happened when blocks say that it did. */
  isPartial?: boolean;
}

/** A range of the clock, both ends included; undefined = unbounded. */
export interface Window {
  fromNs?: bigint | undefined;
  toNs?: bigint | undefined;
}

export const WHOLE_RUN: Window = {};

/** A point of the process's own time as nanoseconds since the Unix epoch. */
export function unixNs(scope: ProcessScope, instant: Instant): bigint {
  return scope.startedNs + BigInt(instantToNs(instant, scope.durationNs));
}
