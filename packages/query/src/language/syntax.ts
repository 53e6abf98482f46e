import type { IToken } from "chevrotain";

/** What the grammar yields: the shape of a question, before the catalog gives its words a meaning. */
export type Syntax =
  | { type: "and" | "or"; operands: Syntax[] }
  | { type: "not"; operand: Syntax }
  | { type: "word"; field: IToken }
  | { type: "compare"; field: IToken; operator: IToken; value: IToken }
  | { type: "between"; field: IToken; low: IToken; high: IToken }
  | { type: "in"; field: IToken; keyword: IToken; values: IToken[] }
  | { type: "at"; field: IToken; keyword: IToken; instant: IToken };
