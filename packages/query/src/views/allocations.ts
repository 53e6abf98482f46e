import type { Filter } from "../ast.js";
import { Params, type CompiledQuery } from "../sql/params.js";
import { needsOf } from "../sql/needs.js";
import { bornRows, completeRows, type RowSet } from "../sql/rows.js";
import type { ProcessScope, Window } from "../sql/scope.js";
import { allocationRange, within } from "../sql/window.js";

export const ALLOCATION_SORTS = ["time", "size", "lifetime", "address"] as const;
export type AllocationSort = (typeof ALLOCATION_SORTS)[number];

/** The row after which the next page begins: its sort value and number. */
export interface PageKey {
  value: string;
  id: string;
}

export interface AllocationsQuestion {
  scope: ProcessScope;
  /** Of the allocation. */
  window: Window;
  filter: Filter;
  sort: AllocationSort;
  order: "asc" | "desc";
  limit: number;
  after?: PageKey | undefined;
}

/** What was never freed lives longest. */
const SORT_COLUMNS: Record<AllocationSort, string> = {
  time: "toUInt64(time_ns)",
  size: "size",
  lifetime: "if(freed = 1, lifetime_ns, 18446744073709551615)",
  address: "address",
};

/** Whether a page comes from `allocations` alone, so that `compileLateFrees` must complete its rows. */
export function isPageIncomplete({ filter, sort }: AllocationsQuestion): boolean {
  return sort !== "lifetime" && needsOf(filter) !== "fate";
}

/** A page of single allocations. */
export function compileAllocations(question: AllocationsQuestion): CompiledQuery {
  const params = new Params();
  const { scope, sort, order, limit, after } = question;
  const rows = rowsOf(question, params);
  const started = params.time(scope.startedNs);
  const column = SORT_COLUMNS[sort];
  const direction = order === "asc" ? "ASC" : "DESC";
  const next = after
    ? `(${column}, id) ${order === "asc" ? ">" : "<"} (${params.bind(after.value, "UInt64")}, ${params.bind(after.id, "UInt64")})`
    : undefined;
  return params.query(`
SELECT
  toString(id) AS id_text,
  toString(${column}) AS sort_value,
  time_ns - ${started} AS time,
  lifetime_ns AS lifetime,
  freed,
  concat('0x', lower(hex(address))) AS address_hex,
  size, stack, thread, kind,
  toString(realloc_of) AS realloc_of_id,
  free_thread, free_stack
FROM ${rows.from}
WHERE ${rows.where([...conditionsOf(question, params), next])}
ORDER BY ${column} ${direction}, id ${direction}
LIMIT ${params.bind(limit, "UInt32")}`);
}

/** How many allocations there are in all pages. */
export function compileAllocationCount(question: AllocationsQuestion): CompiledQuery {
  const params = new Params();
  const rows = rowsOf({ ...question, sort: "time" }, params);
  return params.query(`
SELECT count() AS total FROM ${rows.from}
WHERE ${rows.where(conditionsOf(question, params))}`);
}

/** The late frees of these allocations. */
export function compileLateFrees(scope: ProcessScope, ids: readonly string[]): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT toString(id) AS key, lifetime_ns AS lifetime, free_thread, free_stack FROM late_frees
WHERE process = ${params.bind(scope.process, "UInt64")} AND id IN ${params.bind(ids, "Array(UInt64)")}
LIMIT ${params.bind(ids.length, "UInt32")}`);
}

function rowsOf(question: AllocationsQuestion, params: Params): RowSet {
  const make = isPageIncomplete(question) ? bornRows : completeRows;
  return make(question.filter, question.scope, params);
}

function conditionsOf({ window, scope }: AllocationsQuestion, params: Params): (string | undefined)[] {
  return [...allocationRange(window, scope, params), within("time_ns", window, params)];
}
