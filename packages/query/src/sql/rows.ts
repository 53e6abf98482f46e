import type { Filter } from "../ast.js";
import { BORN_COLUMNS, ENDED_COLUMNS, JOINED_COLUMNS, LATE_COLUMNS, OPEN_COLUMNS, type RowColumns } from "./columns.js";
import { impliesFreed, impliesNeverFreed, needsOf, splitByFate } from "./needs.js";
import type { Params } from "./params.js";
import { predicate } from "./predicate.js";
import type { ProcessScope } from "./scope.js";
import { whereProcess } from "./window.js";

/**
 * A row set to aggregate over. Figures of all row sets of a question add up.
 * - `born`: `allocations` as they stood when their wire block ended. What is freed later still counts as live there;
 * - `correction`: `late_frees`, which take that back.
 * - `complete`: rows that know how they ended.
 */
export interface RowSet {
  role: "born" | "correction" | "complete";
  table: "allocations" | "late_frees" | "joined";
  /** Table, or subquery in parentheses. */
  from: string;
  columns: RowColumns;
  /** Condition that the allocation is freed, as far as this set knows. */
  isFreed: string;
  where: (conditions: readonly (string | undefined)[]) => string;
}

interface Question {
  filter: Filter;
  scope: ProcessScope;
  params: Params;
}

/**
 * The row sets that answer a question about sums. As long as it does not matter how allocations ended, births and late frees are
 * added up without looking at single allocations; else each allocation is taken once, with its end.
 */
export function rowSets(filter: Filter, scope: ProcessScope, params: Params): RowSet[] {
  if (needsOf(filter).fate) return completeSets(filter, scope, params);
  return [bornSet(filter, scope, params), correctionSet({ filter, scope, params })];
}

/** All allocations, each once and with its end. `needsRow`: the caller reads columns that only `allocations` has. */
export function completeSets(filter: Filter, scope: ProcessScope, params: Params, needsRow = false): RowSet[] {
  const question = { filter, scope, params };
  if (needsRow || needsOf(filter).row) return [joinedSet(question)];
  const freed = impliesNeverFreed(filter) ? [] : [endedSet(question), endedLateSet(question)];
  return impliesFreed(filter) ? freed : [...freed, openSet(question)];
}

export function bornSet(filter: Filter, scope: ProcessScope, params: Params): RowSet {
  return {
    role: "born",
    table: "allocations",
    from: "allocations",
    columns: BORN_COLUMNS,
    isFreed: "freed = 1",
    where: whereOf({ filter, scope, params }, BORN_COLUMNS),
  };
}

/** Late frees do not carry thread, address and kind: then their allocations are looked up by number. */
function correctionSet({ filter, scope, params }: Question): RowSet {
  const isLookedUp = needsOf(filter).row;
  const open = bornSet(filter, scope, params).where(["freed = 0"]);
  const held = isLookedUp
    ? `id IN (SELECT id FROM allocations WHERE ${open})`
    : predicate(filter, { params, scope, rows: LATE_COLUMNS });
  return {
    role: "correction",
    table: "late_frees",
    from: "late_frees",
    columns: LATE_COLUMNS,
    isFreed: "1 = 1",
    where: (conditions) => whereProcess(scope, params, [...conditions, held]),
  };
}

function endedSet(question: Question): RowSet {
  const where = whereOf(question, ENDED_COLUMNS);
  return {
    role: "complete",
    table: "allocations",
    from: "allocations",
    columns: ENDED_COLUMNS,
    isFreed: "1 = 1",
    where: (conditions) => where(["freed = 1", ...conditions]),
  };
}

function endedLateSet(question: Question): RowSet {
  return {
    role: "complete",
    table: "late_frees",
    from: "late_frees",
    columns: LATE_COLUMNS,
    isFreed: "1 = 1",
    where: whereOf(question, LATE_COLUMNS),
  };
}

function openSet(question: Question): RowSet {
  const where = whereOf(question, OPEN_COLUMNS);
  const { scope, params } = question;
  const neverFreed = `id NOT IN (SELECT id FROM late_frees WHERE ${whereProcess(scope, params, [])})`;
  return {
    role: "complete",
    table: "allocations",
    from: "allocations",
    columns: OPEN_COLUMNS,
    isFreed: "1 = 0",
    where: (conditions) => where(["freed = 0", neverFreed, ...conditions]),
  };
}

function whereOf({ filter, scope, params }: Question, columns: RowColumns): RowSet["where"] {
  const held = predicate(filter, { params, scope, rows: columns });
  return (conditions) => whereProcess(scope, params, [...conditions, held]);
}

function joinedSet({ filter, scope, params }: Question): RowSet {
  const held = predicate(splitByFate(filter).late, { params, scope, rows: JOINED_COLUMNS });
  return {
    role: "complete",
    table: "joined",
    from: joinedRows(filter, scope, params),
    columns: JOINED_COLUMNS,
    isFreed: "freed = 1",
    where: (conditions) => whereProcess(scope, params, [...conditions, held]),
  };
}

const COLUMNS = "process, id, time_ns, address, size, stack, thread, kind, realloc_of";

/**
 * All columns of allocations, with their end: the late frees are joined to those that were not freed within their block. What the
 * filter says about the end is left to the caller. `ids` narrows both sides.
 */
export function joinedRows(filter: Filter, scope: ProcessScope, params: Params, ids?: string): string {
  const held = predicate(splitByFate(filter).early, { params, scope, rows: BORN_COLUMNS });
  const columns = scope.isSampled ? `${COLUMNS}, sample_bytes` : COLUMNS;
  const born = whereProcess(scope, params, [ids, held]);
  return `
    (
      SELECT ${columns}, lifetime_ns, freed, free_thread, free_stack
      FROM allocations WHERE ${born} AND freed = 1
      UNION ALL
      SELECT ${columns}, f.lifetime_ns AS lifetime_ns, f.found AS freed, f.free_thread AS free_thread, f.free_stack AS free_stack
      FROM (SELECT ${columns} FROM allocations WHERE ${born} AND freed = 0) AS a
      LEFT ANY JOIN
      (
        SELECT id, lifetime_ns, free_thread, free_stack, toUInt8(1) AS found
        FROM late_frees WHERE ${whereProcess(scope, params, [ids])}
      ) AS f USING (id)
    )`;
}
