import type { FlagField, QuantityField, TextField } from "./catalog.js";

export type Comparison = "=" | "!=" | "<" | "<=" | ">" | ">=";
export type TextOperator = "=" | "!=" | "~" | "!~";

/** A point in the run of a process: nanoseconds since its start, or percent of its duration. */
export type Instant = { unit: "ns"; ns: number } | { unit: "percent"; percent: number };

/** A value to compare with. Its unit belongs to the type of the field. */
export type Quantity =
  | { unit: "bytes"; bytes: number }
  | Instant
  | { unit: "count"; count: number }
  /** 64 bits do not fit a number: lower-case hex digits without prefix. */
  | { unit: "address"; hex: string };

/** A question about which processes or allocations count. JSON can carry it; `print` gives its text. */
export type Filter =
  | { type: "and"; operands: Filter[] }
  | { type: "or"; operands: Filter[] }
  | { type: "not"; operand: Filter }
  | { type: "flag"; field: FlagField }
  | { type: "compare"; field: QuantityField; operator: Comparison; value: Quantity }
  /** Both ends included. */
  | { type: "between"; field: QuantityField; low: Quantity; high: Quantity }
  | { type: "text"; field: TextField; operator: TextOperator; text: string }
  | { type: "oneOf"; field: TextField | QuantityField; values: (string | number)[] }
  | { type: "alive"; at: Instant };

/** The empty question: everything. */
export const EVERYTHING: Filter = Object.freeze({ type: "and", operands: [] });

export function isEverything(filter: Filter): boolean {
  return filter.type === "and" && filter.operands.length === 0;
}

/** All of the given questions at once. Conjunctions among them are spliced in, so that the result prints canonically. */
export function allOf(...filters: readonly Filter[]): Filter {
  const operands = filters.flatMap((filter) => (filter.type === "and" ? filter.operands : [filter]));
  const [only] = operands;
  return operands.length === 1 && only ? only : { type: "and", operands };
}

/** Calls `visit` for the filter and everything in it. */
export function walk(filter: Filter, visit: (filter: Filter) => void): void {
  visit(filter);
  if (filter.type === "not") walk(filter.operand, visit);
  else if (filter.type === "and" || filter.type === "or") filter.operands.forEach((operand) => walk(operand, visit));
}
