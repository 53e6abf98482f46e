import type { Filter, Quantity } from "../ast.js";
import { FIELDS, type FieldName } from "../catalog.js";
import { KIND_NUMBERS } from "./columns.js";
import type { Params } from "./params.js";
import { unixNs, type ProcessScope } from "./scope.js";

export type Comparing = Extract<Filter, { type: "compare" | "between" | "text" | "oneOf" }>;

/** Binds the values of a question. Questions about processes have no process whose clock instants could refer to. */
export interface Binder {
  params: Params;
  scope?: ProcessScope;
}

/** `column operator value`. Operators come from the closed set of the AST, values are bound. */
export function condition(column: string, filter: Comparing, binder: Binder): string {
  switch (filter.type) {
    case "compare":
      return `${column} ${filter.operator} ${quantity(filter.value, filter.field, binder)}`;
    case "between":
      return `${column} BETWEEN ${quantity(filter.low, filter.field, binder)} AND ${quantity(filter.high, filter.field, binder)}`;
    case "oneOf":
      return `${column} IN ${list(filter, binder.params)}`;
    case "text":
      return textCondition(column, filter, binder.params);
  }
}

function textCondition(column: string, filter: Extract<Filter, { type: "text" }>, params: Params): string {
  const value = textValue(filter.field, filter.text, params);
  if (filter.operator === "~") return `match(${column}, ${value})`;
  if (filter.operator === "!~") return `NOT match(${column}, ${value})`;
  return `${column} ${filter.operator} ${value}`;
}

function textValue(field: FieldName, text: string, params: Params): string {
  if (field === "kind") return params.bind(KIND_NUMBERS[text] ?? 255, "UInt8");
  if (field === "process") return params.bind(keyNumber(text), "UInt64");
  return params.bind(text, "String");
}

function keyNumber(hex: string): string {
  return String(BigInt(`0x${hex}`));
}

function list(filter: Extract<Filter, { type: "oneOf" }>, params: Params): string {
  const { field, values } = filter;
  if (field === "kind")
    return params.bind(
      values.map((value) => KIND_NUMBERS[value] ?? 255),
      "Array(UInt8)",
    );
  if (field === "process")
    return params.bind(
      values.map((value) => keyNumber(String(value))),
      "Array(UInt64)",
    );
  if (FIELDS[field].type === "text") return params.bind(values.map(String), "Array(String)");
  return params.bind(values.map(Number), "Array(UInt64)");
}

function quantity(value: Quantity, field: FieldName, { params, scope }: Binder): string {
  switch (value.unit) {
    case "bytes":
      return params.bind(value.bytes, "UInt64");
    case "count":
      return params.bind(value.count, "UInt64");
    case "address":
      return params.bind(keyNumber(value.hex), "UInt64");
    case "ns":
      return FIELDS[field].type === "duration" ? params.bind(value.ns, "UInt64") : instant(value, params, scope);
    case "percent":
      return instant(value, params, scope);
  }
}

function instant(value: Extract<Quantity, { unit: "ns" | "percent" }>, params: Params, scope?: ProcessScope): string {
  if (!scope) throw new Error("an instant needs a process");
  return params.time(unixNs(scope, value));
}
