import { walk, type Filter } from "../ast.js";
import { FIELDS } from "../catalog.js";
import type { Measure } from "../shapes/index.js";
import { LATE_COLUMNS } from "./columns.js";
import { fieldOf } from "./needs.js";
import type { Params } from "./params.js";
import { predicate } from "./predicate.js";
import type { ProcessScope, Window } from "./scope.js";
import { whereProcess, within } from "./window.js";

/** Buckets of lifetimes below 8.4 ms: the nearest boundary to what counts as temporary. */
const TEMPORARY_BUCKETS = 16;

/**
 * The part of what was culled that a question asks for, as a FROM and WHERE: counters know stacks and times, not single
 * allocations, so a filter on those leaves them out. Undefined when there is nothing to add.
 */
export function culledRows(
  { scope, filter, window }: { scope: ProcessScope; filter: Filter; window: Window },
  params: Params,
): string | undefined {
  if (!scope.isPartial || !isAboutStacks(filter)) return undefined;
  const where = whereProcess(scope, params, [
    within("end_ns", window, params),
    predicate(filter, { params, scope, rows: LATE_COLUMNS }),
  ]);
  return `culled FINAL WHERE ${where}`;
}

/** How many of them, and of their bytes about, belong to the measure; null = none. */
export function culledAmounts(measure: Measure): { bytes: string; count: string } | null {
  switch (measure) {
    case "allocated":
    case "freed":
      return { bytes: "bytes", count: "allocations" };
    case "temporary":
      return { bytes: `intDiv(bytes * ${TEMPORARIES}, allocations)`, count: TEMPORARIES };
    case "live":
    case "leaked":
      return null;
  }
}

const TEMPORARIES = `arraySum(arraySlice(lifetimes, 1, ${TEMPORARY_BUCKETS}))`;

/** The sum of lifetimes, about: each at one and a half times its bucket's lower end. */
export const CULLED_LIFETIMES = "arraySum((n, k) -> n * pow(2., k + 6) * 1.5, lifetimes, arrayEnumerate(lifetimes))";

export function isAboutStacks(filter: Filter): boolean {
  let answer = true;
  walk(filter, (part) => {
    const field = fieldOf(part);
    if (field !== undefined && FIELDS[field].scope === "allocation") answer = false;
  });
  return answer;
}
