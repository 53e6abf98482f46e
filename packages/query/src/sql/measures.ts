import { TEMPORARY_NS } from "../catalog.js";
import type { Measure } from "../shapes.js";
import type { Params } from "./params.js";
import type { RowSet } from "./rows.js";
import type { Window } from "./scope.js";
import { within } from "./window.js";

/** Facts about a row that figures are made of, as SQL conditions. For `live` the window ends at the instant. */
export interface Facts {
  /** Allocated within the window. */
  allocated: string;
  /** Freed within the window. */
  freed: string;
  /** Allocated within the window, and freed at any time. */
  ended: string;
  lifetime: string;
  time: string;
  freeTime: string;
}

/** Time columns of a row set: `late_frees` counts from the deallocation, the others from the allocation. */
export function factsOf(rows: RowSet, window: Window, params: Params): Facts {
  const isLate = rows.kind === "late";
  const time = isLate ? "(time_ns - toInt64(lifetime_ns))" : "time_ns";
  const freeTime = isLate ? "time_ns" : "(time_ns + toInt64(lifetime_ns))";
  const allocated = within(time, window, params) ?? "1 = 1";
  const freedThen = within(freeTime, window, params);
  return {
    allocated,
    freed: isLate ? (freedThen ?? "1 = 1") : `freed = 1${freedThen === undefined ? "" : ` AND ${freedThen}`}`,
    ended: isLate ? allocated : `freed = 1 AND ${allocated}`,
    lifetime: "lifetime_ns",
    time,
    freeTime,
  };
}

export interface Term {
  sign: 1 | -1;
  condition: string;
}

/**
 * What rows of this set add to a measure. Rows of `allocations` are taken as they stood when their wire block ended; a
 * late free then takes away what had counted as live or leaked. null = nothing.
 */
export function termOf(measure: Measure, rows: RowSet, facts: Facts): Term | null {
  const isLate = rows.kind === "late";
  switch (measure) {
    case "allocated":
      return isLate ? null : { sign: 1, condition: facts.allocated };
    case "freed":
      return { sign: 1, condition: facts.freed };
    case "temporary":
      return { sign: 1, condition: `${facts.ended} AND ${facts.lifetime} < ${TEMPORARY_NS}` };
    case "leaked":
      return isLate
        ? { sign: -1, condition: facts.allocated }
        : { sign: 1, condition: `${facts.allocated} AND freed = 0` };
    case "live":
      return isLate
        ? { sign: -1, condition: facts.freed }
        : { sign: 1, condition: `${facts.allocated} AND NOT (${facts.freed})` };
  }
}
