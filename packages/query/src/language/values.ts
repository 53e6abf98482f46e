import type { IToken } from "chevrotain";
import type { Quantity, TextOperator } from "../ast.js";
import type { FieldDefinition, FieldName } from "../catalog.js";
import { closest } from "./closest.js";
import { QuestionError } from "./question-error.js";
import { patternProblem } from "./regex.js";
import { unquote } from "./strings.js";
import { Amount, Hex, Text } from "./tokens.js";
import { parseDuration, parseInstant, parseSize } from "./units.js";

type BoundField = FieldDefinition & { name: FieldName };

/** Longest text that a question may compare with. */
const MAX_TEXT_LENGTH = 4000;

/** The value of a field that counts something; its unit is the field's. */
export function readQuantity(field: BoundField, token: IToken): Quantity {
  const value = quantityOf(field, token);
  if (value) return value;
  throw new QuestionError({
    message: `${token.image} is no ${NOUNS[field.type] ?? "value"}`,
    position: token.startOffset,
    length: token.image.length,
    expected: [NOUNS[field.type] ?? "a value"],
    advice: `${field.name} takes ${SAMPLES[field.type] ?? "a value"}, for example \`${field.example}\`.`,
  });
}

const NOUNS: Readonly<Record<string, string>> = {
  size: "size",
  duration: "duration",
  instant: "instant",
  moment: "instant",
  integer: "whole number",
  address: "address",
};

const SAMPLES: Readonly<Record<string, string>> = {
  size: "bytes with a unit such as B, KiB, MiB, GiB",
  duration: "a time with a unit such as us, ms, s, m, h",
  instant: "a time since the start of the process such as 5s, or a percentage of its run such as 40%",
  moment: "a time since the start of the process such as 5s, or a percentage of its run such as 40%",
  integer: "a whole number",
  address: "an address such as 0x7f0012345678",
};

function quantityOf(field: BoundField, token: IToken): Quantity | undefined {
  const text = token.image;
  if (token.tokenType === Hex) return field.type === "address" ? addressOf(text.slice(2)) : undefined;
  if (token.tokenType !== Amount) return undefined;
  switch (field.type) {
    case "size":
      return wrap(parseSize(text), (bytes) => ({ unit: "bytes", bytes }));
    case "duration":
      return wrap(parseDuration(text), (ns) => ({ unit: "ns", ns }));
    case "instant":
    case "moment":
      return parseInstant(text);
    case "integer":
      return /^\d+$/.test(text) ? wrap(safe(Number(text)), (count) => ({ unit: "count", count })) : undefined;
    default:
      return undefined;
  }
}

function wrap<T>(value: T | undefined, make: (value: T) => Quantity): Quantity | undefined {
  return value === undefined ? undefined : make(value);
}

function safe(value: number): number | undefined {
  return Number.isSafeInteger(value) ? value : undefined;
}

function addressOf(digits: string): Quantity | undefined {
  const hex = digits.toLowerCase().replace(/^0+(?=.)/, "");
  return hex.length <= 16 ? { unit: "address", hex } : undefined;
}

/** The text that a field is compared with. Words need no quotes: `kind = realloc`. */
export function readText(field: BoundField, token: IToken, operator: TextOperator): string {
  const text = token.tokenType === Text ? unquote(token.image) : token.image;
  const problem = textProblem(field, text, operator);
  if (!problem) return field.type === "key" ? text.toLowerCase() : text;
  throw new QuestionError({ ...problem, position: token.startOffset, length: token.image.length });
}

interface TextProblem {
  message: string;
  expected: string[];
  advice: string;
}

function textProblem(field: BoundField, text: string, operator: TextOperator): TextProblem | undefined {
  if (text.length > MAX_TEXT_LENGTH)
    return { message: "the text is too long", expected: [], advice: `At most ${MAX_TEXT_LENGTH} characters.` };
  if (operator === "~" || operator === "!~") return badPattern(text);
  if (field.choices && !field.choices.includes(text)) return badChoice(field.choices, field.name, text);
  if (field.type === "key" && !/^[0-9a-f]{16}$/i.test(text))
    return { message: `${text} is no process key`, expected: ["16 hex digits"], advice: "A key has 16 hex digits." };
  return undefined;
}

function badPattern(pattern: string): TextProblem | undefined {
  const problem = patternProblem(pattern);
  if (!problem) return undefined;
  return {
    message: `the regular expression is wrong: ${problem}`,
    expected: ["a regular expression (RE2)"],
    advice: "Put a backslash before ( ) [ ] { } . * + ? ^ $ | to match them as they are.",
  };
}

function badChoice(choices: readonly string[], name: string, text: string): TextProblem {
  const near = closest(text, choices);
  return {
    message: `${name} is never ${text}`,
    expected: [...choices],
    advice: near ? `Did you mean ${near}?` : `It is one of ${choices.join(", ")}.`,
  };
}
