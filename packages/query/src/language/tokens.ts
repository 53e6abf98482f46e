import { createToken, Lexer, type TokenType } from "chevrotain";

export const Word = createToken({ name: "Word", label: "a field", pattern: /[A-Za-z_][A-Za-z0-9_.-]*/ });

const keyword = (name: string): TokenType =>
  createToken({ name, label: name.toLowerCase(), pattern: new RegExp(name, "i"), longer_alt: Word });

export const And = keyword("And");
export const Or = keyword("Or");
export const Not = keyword("Not");
export const Between = keyword("Between");
export const In = keyword("In");
export const At = keyword("At");

const symbol = (name: string, text: string): TokenType => createToken({ name, label: text, pattern: text });

export const Open = symbol("Open", "(");
export const Close = symbol("Close", ")");
export const Comma = symbol("Comma", ",");

export const Operator = createToken({ name: "Operator", label: "an operator", pattern: Lexer.NA });
export const OPERATOR_TOKENS = ["!=", "!~", "<=", ">=", "=", "<", ">", "~"].map((text, index) =>
  createToken({ name: `Operator${index}`, label: text, pattern: text, categories: Operator }),
);

export const Text = createToken({
  name: "Text",
  label: 'a "text"',
  pattern: /"(?:\\[\s\S]|[^"\\])*"/,
  line_breaks: true,
});
export const Hex = createToken({ name: "Hex", label: "an address", pattern: /0[xX][0-9a-fA-F]+/ });
/** `12`, `1.5MiB`, `1m30s`, `40%`. */
export const Amount = createToken({ name: "Amount", label: "a value", pattern: /(?:\d+(?:\.\d+)?[A-Za-zµ%]*)+/ });

const Space = createToken({ name: "Space", pattern: /\s+/, group: Lexer.SKIPPED, line_breaks: true });

export const TOKENS: TokenType[] = [
  Space,
  Text,
  Hex,
  Amount,
  And,
  Or,
  Not,
  Between,
  In,
  At,
  Word,
  ...OPERATOR_TOKENS,
  Operator,
  Open,
  Close,
  Comma,
];

/** Offsets only: positions in a question are character offsets. */
export const LEXER = new Lexer(TOKENS, { positionTracking: "onlyOffset" });
