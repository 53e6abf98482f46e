import { TEMPORARY_NS } from "../catalog.js";
import type { Measure } from "../shapes/index.js";
import { ALWAYS } from "./columns.js";
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
  /** Allocated within the window, and not freed as far as the row set knows. */
  open: string;
  time: string;
  freeTime: string;
}

export function factsOf(rows: RowSet, window: Window, params: Params): Facts {
  const { allocated: time } = rows.columns;
  const freeTime = rows.columns.freed ?? "(time_ns + toInt64(lifetime_ns))";
  const allocated = within(time, window, params) ?? ALWAYS;
  return {
    allocated,
    freed: both(rows.isFreed, within(freeTime, window, params) ?? ALWAYS),
    ended: both(rows.isFreed, allocated),
    open: both(`NOT (${rows.isFreed})`, allocated),
    time,
    freeTime,
  };
}

function both(a: string, b: string): string {
  if (a === ALWAYS) return b;
  return b === ALWAYS ? a : `${a} AND ${b}`;
}

export interface Term {
  sign: 1 | -1;
  condition: string;
}

/** What rows of this set add to a measure; null = nothing. */
export function termOf(measure: Measure, rows: RowSet, facts: Facts): Term | null {
  if (rows.role === "correction") return correctionOf(measure, facts);
  switch (measure) {
    case "allocated":
      return { sign: 1, condition: facts.allocated };
    case "freed":
      return { sign: 1, condition: facts.freed };
    case "temporary":
      return { sign: 1, condition: isTemporary(facts) };
    case "leaked":
      return { sign: 1, condition: facts.open };
    case "live":
      return { sign: 1, condition: `${facts.allocated} AND NOT (${facts.freed})` };
  }
}

/** Their allocations counted as open: a late free takes away what is neither live nor leaked any more. */
function correctionOf(measure: Measure, facts: Facts): Term | null {
  switch (measure) {
    case "allocated":
      return null;
    case "freed":
      return { sign: 1, condition: facts.freed };
    case "temporary":
      return { sign: 1, condition: isTemporary(facts) };
    case "leaked":
      return { sign: -1, condition: facts.allocated };
    case "live":
      return { sign: -1, condition: facts.freed };
  }
}

export function isTemporary(facts: Facts): string {
  return both(facts.ended, `lifetime_ns < ${TEMPORARY_NS}`);
}
