import type { Filter } from "../ast.js";
import type { Measure } from "../shapes.js";
import { factsOf, termOf } from "./measures.js";
import type { Params } from "./params.js";
import { rowSets, type RowSet } from "./rows.js";
import type { ProcessScope, Window } from "./scope.js";
import { allocationRange, lateFreeRange } from "./window.js";

/** What is summed up by stack. For `live` the window ends at the instant. */
export interface Sums {
  scope: ProcessScope;
  measure: Measure;
  window: Window;
  filter: Filter;
}

/** One subquery per row set: `stack, bytes, count`, which add up over all of them. `sign` -1 takes away. */
export function rowBranches(sums: Sums, params: Params, sign: 1 | -1 = 1): string[] {
  return rowSets(sums.filter, sums.scope, params).flatMap((rows) => branch(rows, sums, params, sign) ?? []);
}

function branch(rows: RowSet, sums: Sums, params: Params, sign: 1 | -1): string | undefined {
  const term = termOf(sums.measure, rows, factsOf(rows, sums.window, params));
  if (!term) return undefined;
  const minus = term.sign * sign < 0 ? "-" : "";
  return `
  SELECT stack, ${minus}toInt64(sum(size)) AS bytes, ${minus}toInt64(count()) AS count
  FROM ${rows.from}
  WHERE ${rows.where([...rangeOf(rows, sums, params), term.condition])}
  GROUP BY stack`;
}

/**
 * Late frees end allocations of any earlier block: only for deallocations within the window is there a last block. A
 * complete row that was freed in the window may have been allocated at any time before.
 */
function rangeOf(rows: RowSet, { measure, window, scope }: Sums, params: Params): string[] {
  if (rows.kind === "late") {
    const isByFree = measure === "freed" || measure === "live";
    return lateFreeRange(isByFree ? window : { fromNs: window.fromNs }, scope, params);
  }
  const isLateFreed = rows.kind === "complete" && measure === "freed";
  return allocationRange(isLateFreed ? { toNs: window.toNs } : window, scope, params);
}
