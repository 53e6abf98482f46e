import type { Filter } from "../ast.js";
import { FIELDS, type FieldName } from "../catalog.js";
import { PROCESS_COLUMNS } from "./columns.js";
import { condition } from "./condition.js";
import type { Params } from "./params.js";
import { fieldOf } from "./needs.js";
import { UnanswerableError } from "./unanswerable.js";

/** A filter as a condition over the table `processes`. Throws an UnanswerableError when it speaks of allocations. */
export function processPredicate(filter: Filter, params: Params): string {
  switch (filter.type) {
    case "and":
    case "or": {
      const parts = filter.operands.map((operand) => processPredicate(operand, params));
      if (parts.length === 0) return filter.type === "and" ? "(1 = 1)" : "(1 = 0)";
      return `(${parts.join(filter.type === "and" ? " AND " : " OR ")})`;
    }
    case "not":
      return `NOT ${processPredicate(filter.operand, params)}`;
    default:
      return leaf(filter, params);
  }
}

function leaf(filter: Exclude<Filter, { type: "and" | "or" | "not" }>, params: Params): string {
  const column = processColumn(fieldOf(filter));
  if (column === undefined || filter.type === "alive") throw aboutAllocations(fieldOf(filter));
  return filter.type === "flag" ? `(${column})` : `(${condition(column, filter, { params })})`;
}

function processColumn(field: FieldName | undefined): string | undefined {
  return field !== undefined && Object.hasOwn(PROCESS_COLUMNS, field)
    ? PROCESS_COLUMNS[field as keyof typeof PROCESS_COLUMNS]
    : undefined;
}

function aboutAllocations(field: FieldName | undefined): UnanswerableError {
  const known = Object.entries(FIELDS).flatMap(([name, { scope }]) => (scope === "process" ? [name] : []));
  return new UnanswerableError(
    `${field ?? "this"} is a question about allocations, not about processes`,
    `Open a process first, or ask by ${known.join(", ")}.`,
  );
}
