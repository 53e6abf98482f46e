import type { IRecognitionException, IToken } from "chevrotain";
import { EVERYTHING, type Filter } from "../ast.js";
import { bind } from "./bind.js";
import { expectedAfter } from "./expected.js";
import { GRAMMAR } from "./grammar.js";
import { QuestionError, type QuestionProblem } from "./question-error.js";
import { Close, LEXER, Not, Open } from "./tokens.js";
import type { Syntax } from "./syntax.js";

/** Longest question, in characters. */
export const MAX_QUESTION_LENGTH = 4096;
const MAX_NESTING = 50;

export type ParseResult = { ok: true; filter: Filter } | { ok: false; error: QuestionProblem };

/** Reads the text form of a question. The empty text asks for everything. */
export function parse(text: string): ParseResult {
  try {
    return { ok: true, filter: parseOrThrow(text) };
  } catch (error) {
    if (error instanceof QuestionError) return { ok: false, error: error.problem };
    throw error;
  }
}

function parseOrThrow(text: string): Filter {
  if (text.length > MAX_QUESTION_LENGTH) throw tooLong(text);
  const syntax = parseSyntax(text, tokenize(text));
  return syntax ? bind(syntax) : EVERYTHING;
}

function tokenize(text: string): IToken[] {
  const { tokens, errors } = LEXER.tokenize(text);
  const [error] = errors;
  if (!error) return tokens;
  const before = tokens.filter((token) => token.startOffset < error.offset);
  const isQuote = text[error.offset] === '"';
  throw new QuestionError({
    message: isQuote
      ? "the text has no closing quote"
      : `${text.slice(error.offset, error.offset + error.length)} does not belong here`,
    position: error.offset,
    length: error.length,
    expected: expectedAfter(before),
    advice: isQuote ? 'Close it by " (a quote inside is written \\").' : "Texts stand in double quotes.",
  });
}

function parseSyntax(text: string, tokens: IToken[]): Syntax | undefined {
  checkNesting(tokens);
  GRAMMAR.input = tokens;
  const syntax = GRAMMAR.question();
  const [error] = GRAMMAR.errors;
  if (!error) return syntax;
  throw new QuestionError(describe(text, tokens, error));
}

function describe(text: string, tokens: readonly IToken[], error: IRecognitionException): QuestionProblem {
  const index = tokens.indexOf(error.token);
  const before = index < 0 ? tokens : tokens.slice(0, index);
  const expected = expectedAfter(before);
  const advice = expected.length > 0 ? `Here could stand: ${expected.join(", ")}.` : "Remove it.";
  if (index < 0) {
    return { message: "the question ends too early", position: text.trimEnd().length, length: 0, expected, advice };
  }
  const { image, startOffset } = error.token;
  return { message: `${image} does not belong here`, position: startOffset, length: image.length, expected, advice };
}

/** The parser descends by recursion: what could exhaust the stack is refused before. */
function checkNesting(tokens: readonly IToken[]): void {
  let depth = 0;
  for (const token of tokens) {
    if (token.tokenType === Open || token.tokenType === Not) depth++;
    else if (token.tokenType === Close) depth--;
    if (depth <= MAX_NESTING) continue;
    throw new QuestionError({
      message: "the question is nested too deeply",
      position: token.startOffset,
      length: token.image.length,
      expected: [],
      advice: `At most ${MAX_NESTING} parentheses and \`not\`s are understood.`,
    });
  }
}

function tooLong(text: string): QuestionError {
  return new QuestionError({
    message: `the question has ${text.length} characters`,
    position: MAX_QUESTION_LENGTH,
    length: text.length - MAX_QUESTION_LENGTH,
    expected: [],
    advice: `At most ${MAX_QUESTION_LENGTH} characters are read.`,
  });
}
