import type { IToken } from "chevrotain";
import type { Comparison, Filter, Quantity, TextOperator } from "../ast.js";
import {
  FIELD_NAMES,
  FIELDS,
  findField,
  operatorsOf,
  type FieldDefinition,
  type FieldName,
  type FlagField,
  type QuantityField,
  type TextField,
} from "../catalog.js";
import { closest } from "./closest.js";
import { QuestionError } from "./question-error.js";
import { readQuantity, readText } from "./values.js";
import type { Syntax } from "./syntax.js";

type BoundField = FieldDefinition & { name: FieldName };

/** Gives the words of a question their meaning by the catalog; throws a QuestionError at the first that has none. */
export function bind(syntax: Syntax): Filter {
  switch (syntax.type) {
    case "and":
    case "or":
      return { type: syntax.type, operands: syntax.operands.map(bind) };
    case "not":
      return { type: "not", operand: bind(syntax.operand) };
    case "word":
      return bindWord(syntax.field);
    case "compare":
      return bindCompare(syntax.field, syntax.operator, syntax.value);
    case "between":
      return bindBetween(syntax.field, syntax.low, syntax.high);
    case "in":
      return bindIn(syntax.field, syntax.keyword, syntax.values);
    case "at":
      return bindAt(syntax.field, syntax.keyword, syntax.instant);
  }
}

function bindWord(token: IToken): Filter {
  const field = lookUp(token);
  if (field.type === "flag") return { type: "flag", field: field.name as FlagField };
  const [first = "="] = operatorsOf(field.type);
  throw new QuestionError({
    message: `${field.name} needs a value to compare with`,
    position: token.startOffset + token.image.length,
    length: 0,
    expected: [...operatorsOf(field.type)],
    advice: `Write for example \`${field.example}\`${first === "at" ? "" : `, with one of ${operatorsOf(field.type).join(" ")}`}.`,
  });
}

function bindCompare(token: IToken, operator: IToken, value: IToken): Filter {
  const field = lookUp(token);
  requireOperator(field, operator, operator.image);
  if (isText(field)) {
    const compared = operator.image as TextOperator;
    return { type: "text", field: field.name, operator: compared, text: readText(field, value, compared) };
  }
  return {
    type: "compare",
    field: field.name as QuantityField,
    operator: operator.image as Comparison,
    value: readQuantity(field, value),
  };
}

function bindBetween(token: IToken, low: IToken, high: IToken): Filter {
  const field = lookUp(token);
  requireOperator(field, token, "between");
  const ends = { low: readQuantity(field, low), high: readQuantity(field, high) };
  if (isReversed(ends.low, ends.high)) {
    throw new QuestionError({
      message: `nothing lies between ${low.image} and ${high.image}`,
      position: low.startOffset,
      length: high.startOffset + high.image.length - low.startOffset,
      expected: [],
      advice: "Write the smaller value first.",
    });
  }
  return { type: "between", field: field.name as QuantityField, ...ends };
}

function bindIn(token: IToken, keyword: IToken, values: IToken[]): Filter {
  const field = lookUp(token);
  requireOperator(field, keyword, "in");
  if (isText(field))
    return { type: "oneOf", field: field.name, values: values.map((value) => readText(field, value, "=")) };
  const counts = values
    .map((value) => readQuantity(field, value))
    .map((value) => (value.unit === "count" ? value.count : 0));
  return { type: "oneOf", field: field.name as QuantityField, values: counts };
}

function bindAt(token: IToken, keyword: IToken, instant: IToken): Filter {
  const field = lookUp(token);
  requireOperator(field, keyword, "at");
  const at = readQuantity(field, instant);
  if (at.unit !== "ns" && at.unit !== "percent") throw new Error("an instant has another unit");
  return { type: "alive", at };
}

function lookUp(token: IToken): BoundField {
  const field = findField(token.image.toLowerCase());
  if (field) return field;
  const near = closest(token.image, FIELD_NAMES);
  throw new QuestionError({
    message: `there is no field ${token.image}`,
    position: token.startOffset,
    length: token.image.length,
    expected: near ? [near] : [...FIELD_NAMES],
    advice: near ? `Did you mean ${near}? (${FIELDS[near].description})` : `Fields are ${FIELD_NAMES.join(", ")}.`,
  });
}

function requireOperator(field: BoundField, at: IToken, operator: string): void {
  const allowed = operatorsOf(field.type);
  if (allowed.includes(operator)) return;
  throw new QuestionError({
    message: allowed.length === 0 ? `${field.name} takes no value` : `${field.name} cannot be compared by ${operator}`,
    position: at.startOffset,
    length: at.image.length,
    expected: [...allowed],
    advice: `Write for example \`${field.example}\`.`,
  });
}

function isText(field: BoundField): field is BoundField & { name: TextField } {
  return field.type === "text" || field.type === "frame" || field.type === "choice" || field.type === "key";
}

function isReversed(low: Quantity, high: Quantity): boolean {
  if (low.unit !== high.unit) return false;
  if (low.unit === "address" && high.unit === "address") return BigInt(`0x${low.hex}`) > BigInt(`0x${high.hex}`);
  return amountOf(low) > amountOf(high);
}

function amountOf(value: Quantity): number {
  switch (value.unit) {
    case "bytes":
      return value.bytes;
    case "ns":
      return value.ns;
    case "percent":
      return value.percent;
    case "count":
      return value.count;
    case "address":
      return 0;
  }
}
