import type { Filter } from "../ast.js";
import { Params, type CompiledQuery } from "../sql/params.js";
import { needsOf } from "../sql/needs.js";
import { NEVER, type RowColumns } from "../sql/columns.js";
import { bornSet, completeSets, type RowSet } from "../sql/rows.js";
import type { ProcessScope, Window } from "../sql/scope.js";
import { allocationRange, lateFreeRange, within } from "../sql/window.js";

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

/**
 * Numbers of a page of allocations in order, with the values they are sorted by: `sort_key`, `id`. Only the columns that decide are
 * read for all rows; `compileAllocationRows` and `compileLateFrees` then fetch the page.
 */
export function compileAllocationPage(question: AllocationsQuestion): CompiledQuery {
  const params = new Params();
  const { limit, order } = question;
  const direction = order === "asc" ? "ASC" : "DESC";
  const last = `ORDER BY sort_key ${direction}, id ${direction}\nLIMIT ${params.bind(limit, "UInt32")}`;
  const branches = setsOf(question, question.sort, params).map((rows) => pageBranch(rows, question, last, params));
  return params.query(`
SELECT toString(sort_key) AS sort_key, toString(id) AS id
FROM
(${branches.join("\n  UNION ALL")}
) AS page
ORDER BY page.sort_key ${direction}, page.id ${direction}
LIMIT ${params.bind(limit, "UInt32")}`);
}

function pageBranch(rows: RowSet, question: AllocationsQuestion, last: string, params: Params): string {
  const { order, after } = question;
  const key = sortKey(question.sort, rows.columns);
  const next = after
    ? `(${key}, id) ${order === "asc" ? ">" : "<"} (${params.bind(after.value, "UInt64")}, ${params.bind(after.id, "UInt64")})`
    : undefined;
  return `
  SELECT * FROM (SELECT ${key} AS sort_key, id FROM ${rows.from}
  WHERE ${rows.where([...conditionsOf(rows, question, params), next])}
  ${last})`;
}

/** What was never freed lives longest. */
function sortKey(sort: AllocationSort, columns: RowColumns): string {
  switch (sort) {
    case "time":
      return `toUInt64(${columns.allocated})`;
    case "size":
      return "size";
    case "lifetime":
      return `if(${columns.isFreed ?? NEVER}, lifetime_ns, 18446744073709551615)`;
    case "address":
      return "address";
  }
}

/** How many allocations there are in all pages: `total`. */
export function compileAllocationCount(question: AllocationsQuestion): CompiledQuery {
  const params = new Params();
  const branches = setsOf(question, "time", params).map(
    (rows) => `
  SELECT count() AS part FROM ${rows.from}
  WHERE ${rows.where(conditionsOf(rows, question, params))}`,
  );
  return params.query(`
SELECT sum(part) AS total
FROM
(${branches.join("\n  UNION ALL")}
)`);
}

/** The rows of these allocations as their wire blocks left them, in no order. */
export function compileAllocationRows(scope: ProcessScope, ids: readonly string[]): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT
  toString(id) AS key,
  time_ns - ${params.time(scope.startedNs)} AS time,
  lifetime_ns AS lifetime,
  freed,
  concat('0x', lower(hex(address))) AS address_hex,
  size, stack, thread, kind,
  toString(realloc_of) AS realloc_of_id,
  free_thread, free_stack
FROM allocations
WHERE process = ${params.bind(scope.process, "UInt64")} AND id IN ${params.bind(ids, "Array(UInt64)")}
LIMIT ${params.bind(ids.length, "UInt32")}`);
}

/** The late frees of these allocations. */
export function compileLateFrees(scope: ProcessScope, ids: readonly string[]): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT toString(id) AS key, lifetime_ns AS lifetime, free_thread, free_stack FROM late_frees
WHERE process = ${params.bind(scope.process, "UInt64")} AND id IN ${params.bind(ids, "Array(UInt64)")}
LIMIT ${params.bind(ids.length, "UInt32")}`);
}

function setsOf({ filter, scope }: AllocationsQuestion, sort: AllocationSort, params: Params): RowSet[] {
  const needsEnd = needsOf(filter).fate || sort === "lifetime";
  return needsEnd ? completeSets(filter, scope, params, sort === "address") : [bornSet(filter, scope, params)];
}

function conditionsOf(rows: RowSet, { window, scope }: AllocationsQuestion, params: Params): (string | undefined)[] {
  const range =
    rows.table === "late_frees"
      ? lateFreeRange({ fromNs: window.fromNs }, scope, params)
      : allocationRange(window, scope, params);
  return [...range, within(rows.columns.allocated, window, params)];
}
