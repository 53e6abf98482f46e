/**
 * Just enough of ClickHouse's lexical grammar to see where clauses begin: quoted strings, comments and brackets are
 * skipped, so that a keyword inside them is not taken for one.
 */
export interface Token {
  kind: "word" | "string" | "punctuation";
  /** Upper case for words; `original` is as written. */
  text: string;
  original: string;
  start: number;
  end: number;
  /** 0 outside of all brackets. An opening and a closing bracket count as outside of their own pair. */
  depth: number;
}

const WORD_START = /[A-Za-z_\u0080-\uffff]/;
const WORD = /[A-Za-z0-9_$\u0080-\uffff]+/y;
const NUMBER = /[0-9][0-9A-Za-z_.]*/y;
const SPACE = /\s+/y;
const OPEN = "([{";
const CLOSE = ")]}";

/** Tokens one after the other. Stops at the end of the text; an unclosed string or comment ends there too. */
export function* tokens(sql: string): Generator<Token> {
  let position = 0;
  let depth = 0;
  while (position < sql.length) {
    const skipped = skipBlank(sql, position);
    if (skipped > position) {
      position = skipped;
      continue;
    }
    const start = position;
    const character = sql.charAt(position);
    if (WORD_START.test(character)) {
      position = matchEnd(WORD, sql, position);
      const original = sql.slice(start, position);
      yield { kind: "word", text: original.toUpperCase(), original, start, end: position, depth };
    } else if (character === "'" || character === '"' || character === "`") {
      position = quotedEnd(sql, position, character);
      const original = sql.slice(start, position);
      yield { kind: "string", text: original, original, start, end: position, depth };
    } else {
      position = Math.max(position + 1, matchEnd(NUMBER, sql, position));
      if (CLOSE.includes(character)) depth = Math.max(0, depth - 1);
      const original = sql.slice(start, position);
      yield { kind: "punctuation", text: original, original, start, end: position, depth };
      if (OPEN.includes(character)) depth++;
    }
  }
}

/** Where white space and comments that begin here end. */
function skipBlank(sql: string, from: number): number {
  const position = matchEnd(SPACE, sql, from);
  if (sql.startsWith("--", position) || sql.startsWith("# ", position) || sql.startsWith("#!", position)) {
    const newline = sql.indexOf("\n", position);
    return newline < 0 ? sql.length : newline + 1;
  }
  if (sql.startsWith("/*", position)) {
    const close = sql.indexOf("*/", position + 2);
    return close < 0 ? sql.length : close + 2;
  }
  return position;
}

/** Quotes are escaped by a backslash or by being doubled. */
function quotedEnd(sql: string, from: number, quote: string): number {
  for (let position = from + 1; position < sql.length; position++) {
    const character = sql.charAt(position);
    if (character === "\\") position++;
    else if (character === quote) {
      if (sql.charAt(position + 1) !== quote) return position + 1;
      position++;
    }
  }
  return sql.length;
}

function matchEnd(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}
