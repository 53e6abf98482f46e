/** Pieces of the question language that clicking writes. People write the rest; the API checks both. */

/** A string of the question language: only quotes, and backslashes before them, need escaping. */
export function quote(text: string): string {
  return `"${text.replace(/"|\\(?=["\\]|$)/g, "\\$&")}"`;
}

/** Stacks with a frame of exactly this function. */
export function functionIs(name: string): string {
  return `function = ${quote(name)}`;
}

/** Stacks without any frame of this function. */
export function functionIsNot(name: string): string {
  return `function != ${quote(name)}`;
}

/**
 * Stacks through a function, whatever else a filter says. In one conjunction `source ~ "a" and function = "f"` speaks of one
 * and the same frame; the double negation does not join in.
 */
export function throughFunction(name: string): string {
  return `not ${functionIsNot(name)}`;
}

/** Both conditions; an "or" in what people wrote keeps its meaning by parentheses. */
export function andFilter(filter: string, condition: string): string {
  const written = filter.trim();
  if (written === "") return condition;
  if (written.includes(condition)) return written;
  return `${/\bor\b/i.test(written) ? `(${written})` : written} and ${condition}`;
}
