import { FIELD_NAMES, FIELDS, findField, type FieldDefinition } from "../catalog.js";
import { expectedAfter } from "./expected.js";
import { LEXER, OPERATOR_TOKENS, Word } from "./tokens.js";
import type { IToken } from "chevrotain";

export interface Completion {
  /** What to insert in place of the text from `from` to the cursor. */
  text: string;
  kind: "field" | "operator" | "keyword" | "value";
  description: string;
}

export interface Completions {
  /** Offset where the word under the cursor begins. */
  from: number;
  options: Completion[];
}

/** What an editor may offer at the cursor. */
export function complete(text: string, cursor: number): Completions {
  const before = text.slice(0, cursor);
  const tokens = LEXER.tokenize(before).tokens;
  const last = tokens.at(-1);
  const isInWord = last !== undefined && /[A-Za-z_]$/.test(before) && last.startOffset + last.image.length === cursor;
  const from = isInWord ? last.startOffset : cursor;
  const context = isInWord ? tokens.slice(0, -1) : tokens;
  const typed = before.slice(from).toLowerCase();
  const options = expectedAfter(context).flatMap((label) => optionsFor(label, context));
  return { from, options: options.filter((option) => option.text.toLowerCase().startsWith(typed)) };
}

function optionsFor(label: string, context: readonly IToken[]): Completion[] {
  const compared = comparedField(context);
  if (compared) return label === "a field" ? valuesOf(compared) : [];
  if (label === "a field") {
    return FIELD_NAMES.map((name) => ({ text: name, kind: "field", description: FIELDS[name].description }));
  }
  const kind = /^[a-z]/.test(label) ? "keyword" : "operator";
  return label.startsWith("a ") || label.startsWith("an ") ? [] : [{ text: label, kind, description: "" }];
}

/** The field whose value is about to be written: the word before an operator at the cursor. */
function comparedField(context: readonly IToken[]): FieldDefinition | undefined {
  const [field, operator] = context.slice(-2);
  if (!field || !operator || field.tokenType !== Word || !OPERATOR_TOKENS.includes(operator.tokenType))
    return undefined;
  return findField(field.image.toLowerCase());
}

function valuesOf(field: FieldDefinition): Completion[] {
  return (field.choices ?? []).map((text) => ({ text, kind: "value", description: "" }));
}
