import type { Filter, Quantity } from "../ast.js";
import { FIELDS, type FieldName } from "../catalog.js";
import { quote } from "./strings.js";
import { printDuration, printInstant, printSize } from "./units.js";

/** The canonical text of a question: `parse(print(filter))` gives the same filter, as long as conjunctions are flat. */
export function print(filter: Filter): string {
  switch (filter.type) {
    case "and":
      return filter.operands.map(printOperand).join(" and ");
    case "or":
      return filter.operands.map(print).join(" or ");
    case "not":
      return printNegation(filter.operand);
    case "flag":
      return filter.field;
    case "compare":
      return `${filter.field} ${filter.operator} ${printQuantity(filter.value)}`;
    case "between":
      return `${filter.field} between ${printQuantity(filter.low)} and ${printQuantity(filter.high)}`;
    case "text":
      return `${filter.field} ${filter.operator} ${printText(filter.field, filter.text)}`;
    case "oneOf":
      return `${filter.field} in (${filter.values.map((value) => printValue(filter.field, value)).join(", ")})`;
    case "alive":
      return `alive at ${printInstant(filter.at)}`;
  }
}

function printNegation(operand: Filter): string {
  return isJoined(operand) ? `not (${print(operand)})` : `not ${print(operand)}`;
}

/** Within a conjunction: what binds less needs parentheses. */
function printOperand(operand: Filter): string {
  return operand.type === "or" ? `(${print(operand)})` : print(operand);
}

function isJoined(filter: Filter): boolean {
  return filter.type === "and" || filter.type === "or";
}

function printText(field: FieldName, text: string): string {
  return FIELDS[field].type === "choice" ? text : quote(text);
}

function printValue(field: FieldName, value: string | number): string {
  return typeof value === "number" ? String(value) : printText(field, value);
}

function printQuantity(value: Quantity): string {
  switch (value.unit) {
    case "bytes":
      return printSize(value.bytes);
    case "ns":
      return printDuration(value.ns);
    case "percent":
      return printInstant(value);
    case "count":
      return String(value.count);
    case "address":
      return `0x${value.hex}`;
  }
}
