import { EngineError } from "../engine/engine-error.js";
import { tokens, type Token } from "./lexer.js";

/** What the service has to do with a statement; the engine does the rest. */
export type Statement =
  /** Returns rows: `INTO OUTFILE` goes in at `outfileAt`. `format` is the one in its text, if any. */
  | { kind: "select"; text: string; outfileAt: number; format: string | undefined }
  /** `INSERT ... FORMAT X` or `VALUES`: the data begin at `dataAt`. `FROM INFILE` goes in between `head` and `tail`. */
  | { kind: "insert"; head: string; tail: string; format: string; dataAt: number }
  /** Everything else, small answers only. */
  | { kind: "other"; text: string; format: string | undefined };

export type Select = Extract<Statement, { kind: "select" }>;
export type Insert = Extract<Statement, { kind: "insert" }>;

const READS = new Set(["SELECT", "WITH", "FROM", "("]);

/** Reads a statement's outline. Throws the error that a server would give for what cannot be run over HTTP. */
export function parseStatement(sql: string): Statement {
  const iterator = tokens(sql);
  const first = iterator.next();
  if (first.done) throw new EngineError(62, "SYNTAX_ERROR", "Syntax error: Empty query");
  const insert = first.value.text === "INSERT" ? parseInsert(sql, iterator) : undefined;
  if (insert) return insert;
  return parseOther(sql, READS.has(first.value.text));
}

function parseOther(sql: string, reads: boolean): Statement {
  const outside = [...tokens(sql)].filter((token) => token.depth === 0);
  const end = statementEnd(outside, sql);
  const within = outside.filter((token) => token.start < end);
  const text = sql.slice(0, end);
  const format = trailingFormat(within);
  if (!reads || within.some((token) => token.text === "INSERT")) return { kind: "other", text, format: format?.name };
  if (hasOutfile(within)) {
    throw new EngineError(344, "INTO_OUTFILE_NOT_ALLOWED", "INTO OUTFILE is not allowed over HTTP");
  }
  return { kind: "select", text, outfileAt: format?.start ?? end, format: format?.name };
}

function hasOutfile(outside: readonly Token[]): boolean {
  return outside.some((token, i) => token.text === "INTO" && outside[i + 1]?.text === "OUTFILE");
}

/** The statement with its result going to a file. The line break ends a comment that the text may end with. */
export function selectIntoFile(select: Select, path: string): string {
  const { text, outfileAt } = select;
  return `${text.slice(0, outfileAt)}\nINTO OUTFILE '${path}' TRUNCATE COMPRESSION 'none' ${text.slice(outfileAt)}`;
}

/** The statement with its data coming from a file. */
export function insertFromFile(insert: Insert, path: string): string {
  return `${insert.head}\nFROM INFILE '${path}' COMPRESSION 'none' ${insert.tail}`;
}

const INSERT_CLAUSES = new Set(["SETTINGS", "FORMAT", "VALUES", "INFILE", "SELECT", "WITH"]);

/** `undefined`: an INSERT without data, or with none that we would recognise. */
function parseInsert(sql: string, iterator: Iterator<Token>): Insert | undefined {
  const words = skipTarget(iterator);
  let clause = nextClause(words);
  // SETTINGS may come first; the data's file goes in front of them.
  const clauseAt = clause?.start ?? sql.length;
  if (clause?.text === "SETTINGS") clause = nextClause(words);
  switch (clause?.text) {
    case "VALUES": {
      const tail = `${sql.slice(clauseAt, clause.start)}FORMAT Values`;
      return { kind: "insert", head: sql.slice(0, clauseAt), tail, format: "Values", dataAt: clause.end };
    }
    case "FORMAT":
      return insertWithFormat(sql, clauseAt, words.next().value);
    case "INFILE":
      throw new EngineError(36, "BAD_ARGUMENTS", "FROM INFILE is not allowed over HTTP: send the data in the body");
    default:
      return undefined;
  }
}

function nextClause(words: Iterator<Token>): Token | undefined {
  for (let next = words.next(); !next.done; next = words.next()) {
    if (next.value.depth === 0 && INSERT_CLAUSES.has(next.value.text)) return next.value;
  }
  return undefined;
}

function insertWithFormat(sql: string, clauseAt: number, name: Token | undefined): Insert | undefined {
  if (!name) return undefined;
  const tail = sql.slice(clauseAt, name.end);
  return {
    kind: "insert",
    head: sql.slice(0, clauseAt),
    tail,
    format: name.original,
    dataAt: dataStart(sql, name.end),
  };
}

/** Passes over `INTO [TABLE] [FUNCTION] name[.name]`, whose names may be any word, and goes on behind it. */
function* skipTarget(iterator: Iterator<Token>): Generator<Token, undefined> {
  let nameSeen = false;
  let afterDot = false;
  for (let next = iterator.next(); !next.done; next = iterator.next()) {
    const token = next.value;
    const isName = token.kind === "word" || token.kind === "string";
    if (!nameSeen && isName && ["INTO", "TABLE", "FUNCTION"].includes(token.text)) continue;
    if (isName && (!nameSeen || afterDot)) {
      nameSeen = true;
      afterDot = false;
      continue;
    }
    afterDot = token.text === ".";
    yield token;
  }
  return undefined;
}

/** Data begin behind the first line break, or, where there is none, behind the blanks. */
function dataStart(sql: string, from: number): number {
  const blank = /[ \t\f]*\r?\n?/y;
  blank.lastIndex = from;
  return blank.test(sql) ? blank.lastIndex : from;
}

/** Where the statement ends: before a semicolon, behind which nothing may follow. */
function statementEnd(outside: readonly Token[], sql: string): number {
  const semicolon = outside.findIndex((token) => token.text === ";");
  if (semicolon < 0) return sql.length;
  const rest = outside.slice(semicolon).find((token) => token.text !== ";");
  if (rest) {
    throw new EngineError(
      62,
      "SYNTAX_ERROR",
      `Syntax error (Multi-statements are not allowed): failed at position ${rest.start + 1}`,
    );
  }
  return outside[semicolon]?.start ?? sql.length;
}

/** `FORMAT name` at the end, possibly with SETTINGS behind it. */
function trailingFormat(outside: readonly Token[]): { name: string; start: number } | undefined {
  for (let i = outside.length - 2; i >= 0; i--) {
    const [keyword, name, after] = outside.slice(i, i + 3);
    if (keyword?.text !== "FORMAT" || name?.kind !== "word") continue;
    if (after === undefined || after.text === "SETTINGS") return { name: name.original, start: keyword.start };
  }
  return undefined;
}
