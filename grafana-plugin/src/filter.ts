import { LABELS, type Labels } from "./types.js";

/** Replaces variables in a text; the format says how several values become one text. */
export type Replace = (text: string, format?: (values: string | string[]) => string) => string;

/** What Grafana puts for All, and what our dashboards give as its value. */
const EVERYTHING = new Set([".*", "$__all", "*"]);
const SEPARATOR = "\u001f";

/** The question that labels and text ask, in the question language; several values of a label become `in (...)`. */
export function questionOf(given: { labels: Labels; q: string }, replace: Replace): string {
  const conditions = LABELS.flatMap((label) => condition(label, valuesOf(given.labels[label] ?? "", replace)));
  const text = replace(given.q, regexOr).trim();
  return [...conditions, ...(text === "" ? [] : [conditions.length > 0 ? `(${text})` : text])].join(" and ");
}

function condition(label: string, values: readonly string[]): string[] {
  if (values.length === 0 || values.some((value) => EVERYTHING.has(value))) return [];
  if (values.length === 1) return [`${label} = ${quoted(values[0] ?? "")}`];
  return [`${label} in (${values.map(quoted).join(", ")})`];
}

function valuesOf(text: string, replace: Replace): string[] {
  const replaced = replace(text, (values) => [values].flat().join(SEPARATOR));
  return replaced.split(SEPARATOR).filter((value) => value !== "");
}

/** In the language's texts only the quote needs a backslash; any other backslash before it must be doubled. */
function quoted(value: string): string {
  return `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

/** A variable within the text of a question stands in a regular expression: `pod ~ "^($pod)$"`. */
function regexOr(values: string | string[]): string {
  return [values].flat().join("|");
}
