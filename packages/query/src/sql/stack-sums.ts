import type { Filter } from "../ast.js";
import type { Measure } from "../shapes/index.js";
import { culledAmounts, culledRows } from "./culled.js";
import { factsOf, termOf } from "./measures.js";
import type { Params } from "./params.js";
import { rowSets, type RowSet } from "./rows.js";
import type { ProcessScope, Window } from "./scope.js";
import { sumsOf, varianceOf } from "./weights.js";
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

/** What was culled, likewise. */
export function culledBranches(sums: Sums, params: Params): string[] {
  const rows = culledRows(sums, params);
  const amounts = culledAmounts(sums.measure);
  if (rows === undefined || amounts === null) return [];
  const variance = sums.scope.isSampled ? ", 0. AS variance" : "";
  return [
    `
  SELECT stack, toInt64(sum(${amounts.bytes})) AS bytes, toInt64(sum(${amounts.count})) AS count${variance}
  FROM (SELECT * FROM ${rows})
  GROUP BY stack`,
  ];
}

function branch(rows: RowSet, sums: Sums, params: Params, sign: 1 | -1): string | undefined {
  const term = termOf(sums.measure, rows, factsOf(rows, sums.window, params));
  if (!term) return undefined;
  const minus = term.sign * sign < 0 ? "-" : "";
  const { bytes, count } = sumsOf(sums.scope, null, minus);
  const variance = sums.scope.isSampled ? `, ${varianceOf(sums.scope, null, minus)} AS variance` : "";
  return `
  SELECT stack, ${bytes} AS bytes, ${count} AS count${variance}
  FROM ${rows.from}
  WHERE ${rows.where([...rangeOf(rows, sums, params), term.condition])}
  GROUP BY stack`;
}

/**
 * Conditions on the sorting key. Late frees end allocations of any earlier block: only for deallocations within the window is
 * there a last block; what is live at an instant and was freed late was freed in any block after it.
 */
function rangeOf(rows: RowSet, { measure, window, scope }: Sums, params: Params): string[] {
  if (rows.table === "late_frees") {
    const isByFree = measure === "freed" || (measure === "live" && rows.role === "correction");
    return lateFreeRange(isByFree ? window : { fromNs: window.fromNs }, scope, params);
  }
  const mayBeOlder = rows.table === "joined" && measure === "freed";
  return allocationRange(mayBeOlder ? { toNs: window.toNs } : window, scope, params);
}
