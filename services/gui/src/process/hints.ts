import type { FieldInfo } from "../api/queries";

/** Something to insert where the cursor is. */
export interface Hint {
  insert: string;
  about: string;
  example: string;
}

export interface Hints {
  /** Where the word under the cursor begins: what a hint replaces up to the cursor. */
  from: number;
  hints: Hint[];
}

const MOST = 9;
const word = (insert: string, about: string): Hint => ({ insert, about, example: "" });
const JOINS = [word("and", "both must hold"), word("or", "one of them must hold")];
const NOT = word("not", "the opposite");

/** What may come at the cursor: a field at the start of a condition, then its operators, then `and` or `or`. */
export function hintsAt(text: string, cursor: number, fields: readonly FieldInfo[]): Hints {
  const before = text.slice(0, cursor);
  if (insideQuotes(before)) return { from: cursor, hints: [] };
  const typed = /[a-z_]*$/i.exec(before)?.[0] ?? "";
  const from = cursor - typed.length;
  const options = following(before.slice(0, from), fields);
  const hints = options.filter((hint) => hint.insert.startsWith(typed.toLowerCase()) && hint.insert !== typed);
  return { from, hints: hints.slice(0, MOST) };
}

function following(before: string, fields: readonly FieldInfo[]): Hint[] {
  const context = before.trimEnd();
  if (/(^|\(|\b(and|or|not))$/i.test(context)) return [...fields.map(fieldHint), NOT];
  const last = /([a-z_]+)$/i.exec(context)?.[1];
  const field = fields.find(({ name }) => name === last);
  if (field === undefined) return /["\w)%]$/.test(context) ? JOINS : [];
  if (field.operators.length === 0) return JOINS;
  return field.operators.map((operator) => ({ insert: operator, about: "", example: field.example }));
}

const fieldHint = (field: FieldInfo): Hint => ({
  insert: field.name,
  about: field.description,
  example: field.example,
});

function insideQuotes(before: string): boolean {
  return (before.replace(/\\["\\]/g, "").match(/"/g) ?? []).length % 2 === 1;
}
