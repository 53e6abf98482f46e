import type { Filter } from "../ast.js";
import { Params, type CompiledQuery } from "../sql/params.js";
import { JOINED_COLUMNS } from "../sql/columns.js";
import { splitByFate } from "../sql/needs.js";
import { predicate } from "../sql/predicate.js";
import { joinedRows } from "../sql/rows.js";
import type { ProcessScope, Window } from "../sql/scope.js";
import { allocationRange, whereProcess, within } from "../sql/window.js";

/** Lowest and highest number of the allocations made in the window: `low`, `high`; both 0 when there are none. */
export function compileIdRange(scope: ProcessScope, window: Window): CompiledQuery {
  const params = new Params();
  const conditions = [...allocationRange(window, scope, params), within("time_ns", window, params)];
  return params.query(`
SELECT min(id) AS low, max(id) AS high FROM allocations
WHERE ${whereProcess(scope, params, conditions)}`);
}

export interface ExportRowsQuestion {
  scope: ProcessScope;
  window: Window;
  filter: Filter;
  /** Numbers of this part, both ends included. */
  lowId: number;
  highId: number;
}

/** Complete allocations by number, with the columns of the shape AllocationRow. */
export function compileExportRows({ scope, window, filter, lowId, highId }: ExportRowsQuestion): CompiledQuery {
  const params = new Params();
  const ids = `id BETWEEN ${params.bind(lowId, "UInt64")} AND ${params.bind(highId, "UInt64")}`;
  const ended = predicate(splitByFate(filter).late, { params, scope, rows: JOINED_COLUMNS });
  const conditions = [within("time_ns", window, params), ended];
  return params.query(`
SELECT
  toString(id) AS id,
  time_ns - ${params.time(scope.startedNs)} AS timeNs,
  if(freed = 1, lifetime_ns, NULL) AS lifetimeNs,
  concat('0x', lower(hex(address))) AS address,
  size,
  stack,
  thread,
  transform(kind, [0, 1, 2, 3], ['malloc', 'calloc', 'realloc', 'aligned'], 'malloc') AS kind,
  if(realloc_of = 0, NULL, toString(realloc_of)) AS reallocOf,
  if(freed = 1, free_thread, NULL) AS freeThread,
  if(freed = 1 AND free_stack > 0, free_stack, NULL) AS freeStack
FROM
(
  SELECT * FROM ${joinedRows(filter, scope, params, ids)}
  WHERE ${whereProcess(scope, params, conditions)}
  ORDER BY id
)`);
}
