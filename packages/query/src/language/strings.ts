/**
 * Strings stand in double quotes. Only `\"` and `\\` are escapes; any other backslash stands for itself, so that regular
 * expressions read as they are: "\.json$".
 */
export function quote(text: string): string {
  return `"${text.replace(/["]|\\(?=["\\]|$)/g, "\\$&")}"`;
}

/** The text of a quoted string. */
export function unquote(literal: string): string {
  return literal.slice(1, -1).replace(/\\(["\\])/g, "$1");
}
