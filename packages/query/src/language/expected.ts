import { createTokenInstance, type IToken, type TokenType } from "chevrotain";
import { findField, operatorsOf } from "../catalog.js";
import { GRAMMAR } from "./grammar.js";
import {
  Amount,
  And,
  At,
  Between,
  Close,
  Comma,
  Hex,
  In,
  Not,
  Open,
  OPERATOR_TOKENS,
  Or,
  Text,
  Word,
} from "./tokens.js";

const CANDIDATES: readonly TokenType[] = [
  Word,
  Not,
  Open,
  ...OPERATOR_TOKENS,
  Between,
  In,
  At,
  Text,
  Amount,
  Hex,
  And,
  Or,
  Comma,
  Close,
];

/**
 * What may follow these tokens, as labels for people: keywords and symbols as they are, classes by a noun. The grammar is
 * asked by trying: a candidate fits when the parser gets past it.
 */
export function expectedAfter(tokens: readonly IToken[]): string[] {
  const fitting = CANDIDATES.filter((type) => canFollow(tokens, type)).map((type) => type.LABEL ?? type.name);
  return onlyTypedOperators(fitting, tokens.at(-1));
}

function canFollow(tokens: readonly IToken[], type: TokenType): boolean {
  const candidate = createTokenInstance(type, type.LABEL ?? "", NaN, NaN, NaN, NaN, NaN, NaN);
  GRAMMAR.input = [...tokens, candidate];
  GRAMMAR.question();
  return GRAMMAR.errors.every((error) => error.token !== candidate);
}

const OPERATORS = new Set([...OPERATOR_TOKENS.map((type) => type.LABEL), "between", "in", "at"]);

/** After a field only the operators that its type takes; what is no flag needs one. */
function onlyTypedOperators(labels: readonly string[], last: IToken | undefined): string[] {
  const field = last?.tokenType === Word ? findField(last.image.toLowerCase()) : undefined;
  if (!field || field.type === "flag") return labels.filter((label) => !OPERATORS.has(label));
  const allowed = operatorsOf(field.type);
  return labels.filter((label) => allowed.includes(label));
}
