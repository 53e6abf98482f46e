import type { Filter } from "../ast.js";
import { BORN_ROWS, COMPLETE_ROWS, LATE_ROWS } from "./columns.js";
import { needsOf, splitByNeeds } from "./needs.js";
import type { Params } from "./params.js";
import { predicate } from "./predicate.js";
import type { ProcessScope } from "./scope.js";
import { whereProcess } from "./window.js";

/**
 * A row set to aggregate over. Figures of all row sets of a question add up; `late` ones correct what `born` ones could
 * not know: that a block which was live when its wire block ended has been freed since.
 */
export interface RowSet {
  kind: "born" | "late" | "complete";
  /** Table, or subquery in parentheses. */
  from: string;
  where: (conditions: readonly (string | undefined)[]) => string;
}

/**
 * The row sets that answer a question. Without conditions on how allocations ended, or on what only one table carries,
 * the two tables are added up as they are; else the late frees are joined to their allocations.
 */
export function rowSets(filter: Filter, scope: ProcessScope, params: Params): RowSet[] {
  if (needsOf(filter) !== "birth") return [completeRows(filter, scope, params)];
  return [bornRows(filter, scope, params), lateRows(filter, scope, params)];
}

export function bornRows(filter: Filter, scope: ProcessScope, params: Params): RowSet {
  const held = predicate(filter, { params, scope, rows: BORN_ROWS });
  return {
    kind: "born",
    from: "allocations",
    where: (conditions) => whereProcess(scope, params, [...conditions, held]),
  };
}

export function lateRows(filter: Filter, scope: ProcessScope, params: Params): RowSet {
  const held = predicate(filter, { params, scope, rows: LATE_ROWS });
  return {
    kind: "late",
    from: "late_frees",
    where: (conditions) => whereProcess(scope, params, [...conditions, held]),
  };
}

const COLUMNS = "process, id, time_ns, address, size, stack, thread, kind, realloc_of";

/**
 * Allocations that know how they ended: those freed within their block as they are, the others with their late free.
 * `lateCondition` narrows the late frees to join where the caller knows which allocations count.
 */
export function completeRows(filter: Filter, scope: ProcessScope, params: Params, lateCondition?: string): RowSet {
  const { early, late } = splitByNeeds(filter);
  const held = predicate(late, { params, scope, rows: COMPLETE_ROWS });
  const born = whereProcess(scope, params, [predicate(early, { params, scope, rows: BORN_ROWS })]);
  const from = `
    (
      SELECT ${COLUMNS}, lifetime_ns, freed, free_thread, free_stack
      FROM allocations WHERE ${born} AND freed = 1
      UNION ALL
      SELECT ${COLUMNS}, f.lifetime_ns AS lifetime_ns, f.found AS freed, f.free_thread AS free_thread, f.free_stack AS free_stack
      FROM (SELECT ${COLUMNS} FROM allocations WHERE ${born} AND freed = 0) AS a
      LEFT ANY JOIN
      (
        SELECT id, lifetime_ns, free_thread, free_stack, toUInt8(1) AS found
        FROM late_frees WHERE ${whereProcess(scope, params, [lateCondition])}
      ) AS f USING (id)
    )`;
  return { kind: "complete", from, where: (conditions) => whereProcess(scope, params, [...conditions, held]) };
}
