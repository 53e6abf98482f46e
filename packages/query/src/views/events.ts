import type { Filter } from "../ast.js";
import { BORN_COLUMNS, LATE_COLUMNS } from "../sql/columns.js";
import { needsOf } from "../sql/needs.js";
import { Params, type CompiledQuery } from "../sql/params.js";
import { predicate } from "../sql/predicate.js";
import { completeSets } from "../sql/rows.js";
import type { ProcessScope, Window } from "../sql/scope.js";
import { allocationRange, lateFreeRange, whereProcess, within } from "../sql/window.js";

export interface EventsQuestion {
  scope: ProcessScope;
  /** Which allocations count. */
  filter: Filter;
  /** Which events of theirs. */
  window: Window;
  /** Number of the allocation that is marked, see `compileFirstAllocation`. */
  firstId: string;
}

/** Bytes of a row of `compileEvents` in RowBinary. */
export const EVENT_BYTES = 4 + 8 + 4 + 1;
export const EVENT_IS_FREE = 1;
export const EVENT_OF_FIRST = 2;

/** Times at which to cut the run so that each part has about so many events: `start Int64`, ascending. */
export function compileEventSlices(scope: ProcessScope, eventsPerSlice: number): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT toString(min(start_ns)) AS start
FROM
(
  SELECT start_ns,
    intDiv(sum(toUInt64(allocations) + frees) OVER (ORDER BY block), ${params.bind(eventsPerSlice, "UInt64")}) AS slice
  FROM blocks FINAL WHERE process = ${params.bind(scope.process, "UInt64")}
)
GROUP BY slice
ORDER BY min(start_ns)
LIMIT 1000000`);
}

/** The allocation that comes first in the order of `compileEvents`: `first`. */
export function compileFirstAllocation(scope: ProcessScope, filter: Filter): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT toString(argMin(id, (time_ns, id))) AS first FROM allocations
WHERE ${whereProcess(scope, params, [idCondition(filter, scope, params, "born")])}`);
}

/**
 * Allocations and deallocations in one global order, `ms UInt32, size UInt64, stack UInt32, flags UInt8`.
 *
 * Ticks are coarse, so equal times occur. A free is stamped before the real free and an allocation after the real malloc:
 * what can happen within one tick is that a program frees something right after an allocation. Hence at equal times
 * allocations come first, in order of their numbers, then frees of older ones. Two kinds of frees belong elsewhere: what a realloc
 * replaced goes before its allocation, and what lives for no time follows its own.
 */
export function compileEvents(question: EventsQuestion): CompiledQuery {
  const params = new Params();
  const { scope, window, filter, firstId } = question;
  const born = idCondition(filter, scope, params, "born");
  const late = idCondition(filter, scope, params, "late");
  const freed = "(time_ns + toInt64(lifetime_ns))";
  const ids = allocationRange(window, scope, params);
  const started = params.time(scope.startedNs);
  const replaced = `SELECT realloc_of FROM allocations WHERE ${whereProcess(scope, params, [...ids, "realloc_of != 0"])}`;
  const rank = `multiIf(lifetime_ns = 0, 1, id IN (${replaced}), 0, 2)`;
  return params.query(`
SELECT
  toUInt32(intDiv(greatest(0, t - ${started}), 1000000)) AS ms,
  size,
  stack,
  toUInt8(is_free + if(id = ${params.bind(firstId, "UInt64")}, ${EVENT_OF_FIRST}, 0)) AS flags
FROM
(
  SELECT time_ns AS t, 1 AS rank, id, 0 AS is_free, size, stack FROM allocations
  WHERE ${whereProcess(scope, params, [...ids, within("time_ns", window, params), born])}
  UNION ALL
  SELECT ${freed} AS t, ${rank} AS rank, id, ${EVENT_IS_FREE} AS is_free, size, stack FROM allocations
  WHERE ${whereProcess(scope, params, [...ids, "freed = 1", within(freed, window, params), born])}
  UNION ALL
  SELECT time_ns AS t, ${rank} AS rank, id, ${EVENT_IS_FREE} AS is_free, size, stack FROM late_frees
  WHERE ${whereProcess(scope, params, [...lateFreeRange(window, scope, params), within("time_ns", window, params), late])}
)
ORDER BY t, rank, id, is_free`);
}

/** The filter where both tables can decide it; else membership in the set of allocations for which it holds. */
function idCondition(filter: Filter, scope: ProcessScope, params: Params, table: "born" | "late"): string {
  const needs = needsOf(filter);
  if (!needs.fate && !(needs.row && table === "late"))
    return predicate(filter, { params, scope, rows: table === "born" ? BORN_COLUMNS : LATE_COLUMNS });
  const sets = completeSets(filter, scope, params).map((rows) => `SELECT id FROM ${rows.from} WHERE ${rows.where([])}`);
  return `id IN (${sets.join(" UNION ALL ")})`;
}
