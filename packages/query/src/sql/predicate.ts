import type { Filter } from "../ast.js";
import { FIELDS, TEMPORARY_NS, type FieldName } from "../catalog.js";
import { KIND_NUMBERS, type RowColumns } from "./columns.js";
import { condition, type Comparing } from "./condition.js";
import { frameOf, groupFrames, isNegative, stacksWithFrame, type FrameGroup } from "./frames.js";
import { fieldOf } from "./needs.js";
import type { Params } from "./params.js";
import { processPredicate } from "./process-predicate.js";
import { unixNs, type ProcessScope } from "./scope.js";

/** What a condition is compiled against: rows of one process. */
export interface RowContext {
  params: Params;
  scope: ProcessScope;
  rows: RowColumns;
}

/** A filter as a condition over rows of one process: a closed expression, safe beside AND, OR and NOT. */
export function predicate(filter: Filter, context: RowContext): string {
  const field = fieldOf(filter);
  if (field !== undefined && FIELDS[field].scope === "process") return onProcess(filter, context);
  switch (filter.type) {
    case "and":
      return conjunction(filter.operands, context);
    case "or":
      return joined(
        "OR",
        filter.operands.map((operand) => predicate(operand, context)),
      );
    case "not":
      return `NOT ${predicate(filter.operand, context)}`;
    case "flag":
    case "alive":
      return onFate(filter, context);
    default:
      return frameOf(filter) ? onFrame(filter, context) : onColumn(filter, context);
  }
}

function conjunction(operands: readonly Filter[], context: RowContext): string {
  const others = operands.filter((operand) => !frameOf(operand) || isNegative(operand));
  return joined("AND", [
    ...others.map((operand) => predicate(operand, context)),
    ...groupFrames(operands).map((group) => inStacks(group, "IN", context)),
  ]);
}

function joined(word: "AND" | "OR", conditions: readonly string[]): string {
  const [first] = conditions;
  if (first === undefined) return word === "AND" ? "(1 = 1)" : "(1 = 0)";
  return conditions.length === 1 ? first : `(${conditions.join(` ${word} `)})`;
}

function onProcess(filter: Filter, { params, scope }: RowContext): string {
  const process = params.bind(scope.process, "UInt64");
  const held = processPredicate(filter, params);
  return `(${process} IN (SELECT process FROM processes FINAL WHERE process = ${process} AND ${held}))`;
}

function onFate(filter: Extract<Filter, { type: "flag" | "alive" }>, { rows, params, scope }: RowContext): string {
  if (filter.type === "alive") {
    const at = params.time(unixNs(scope, filter.at));
    return `(${rows.allocated} <= ${at} AND (NOT (${known(rows.isFreed)}) OR ${known(rows.freed)} > ${at}))`;
  }
  if (filter.field === "reallocated") return `(${known(rows.kind)} = ${KIND_NUMBERS.realloc})`;
  if (filter.field === "leaked") return `(NOT (${known(rows.isFreed)}))`;
  return `(${known(rows.isFreed)} AND ${known(rows.lifetime)} < ${TEMPORARY_NS})`;
}

function onFrame(filter: Filter, context: RowContext): string {
  const frame = frameOf(filter);
  if (!frame) throw new Error("no condition on a frame");
  return inStacks([frame], isNegative(filter) ? "NOT IN" : "IN", context);
}

function inStacks(group: FrameGroup, word: "IN" | "NOT IN", { params, scope, rows }: RowContext): string {
  return `(${rows.stack} ${word} (${stacksWithFrame(group, scope, params)}))`;
}

function onColumn(filter: Comparing, context: RowContext): string {
  const { rows } = context;
  switch (filter.field) {
    case "depth":
      return onDepth(filter, context);
    case "marker":
      return onMarker(filter, context);
    case "freed":
    case "free_thread":
    case "free_stack":
      return `(${known(rows.isFreed)} AND ${compared(filter, context)})`;
    case "lifetime":
      // What was never freed lives longer than anything that one may compare with.
      return isLongerThan(filter)
        ? `(NOT (${known(rows.isFreed)}) OR ${compared(filter, context)})`
        : `(${known(rows.isFreed)} AND ${compared(filter, context)})`;
    default:
      return `(${compared(filter, context)})`;
  }
}

/** Stack 0 has no row: it was recorded without frames. */
function onDepth(filter: Comparing, { params, scope, rows }: RowContext): string {
  const process = params.bind(scope.process, "UInt64");
  const deep = `SELECT stack FROM process_stacks WHERE process = ${process} AND ${condition("depth", filter, { params })}`;
  return `(${rows.stack} IN (${deep}) OR (${rows.stack} = 0 AND ${condition("0", filter, { params })}))`;
}

/** Markers are few: their times and numbers are two arrays that every row is looked up in. */
function onMarker(filter: Comparing, { params, scope, rows }: RowContext): string {
  const process = params.bind(scope.process, "UInt64");
  const all = (column: string): string =>
    `(SELECT groupArray(${column}) FROM (SELECT ${column} FROM markers FINAL WHERE process = ${process} ORDER BY time_ns, block, place LIMIT 10000))`;
  const set = `arrayCount(marked -> marked <= ${rows.allocated}, ${all("time_ns")})`;
  return `(${condition(`arrayElement(${all("number")}, ${set})`, filter, { params })})`;
}

function isLongerThan(filter: Comparing): boolean {
  return filter.type === "compare" && [">", ">=", "!="].includes(filter.operator);
}

const COLUMNS: Partial<Record<FieldName, keyof RowColumns>> = {
  allocated: "allocated",
  freed: "freed",
  size: "size",
  lifetime: "lifetime",
  address: "address",
  thread: "thread",
  free_thread: "freeThread",
  free_stack: "freeStack",
  id: "id",
  kind: "kind",
  stack: "stack",
};

function compared(filter: Comparing, { rows, params, scope }: RowContext): string {
  const column = COLUMNS[filter.field];
  if (column === undefined) throw new Error(`${filter.field} is no column of rows`);
  return condition(known(rows[column]), filter, { params, scope });
}

/** Callers choose rows by `needsOf`: a column that is not known here is a bug, not a question asked wrongly. */
function known(column: string | null): string {
  if (column === null) throw new Error("the row set does not know this column");
  return column;
}
