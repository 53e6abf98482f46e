import { EmbeddedActionsParser, type IToken } from "chevrotain";
import type { Syntax } from "./syntax.js";
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
  Operator,
  Or,
  Text,
  TOKENS,
  Word,
} from "./tokens.js";

/**
 *     question    = [ disjunction ]
 *     disjunction = conjunction { "or" conjunction }
 *     conjunction = negation { "and" negation }
 *     negation    = "not" negation | "(" disjunction ")" | predicate
 *     predicate   = field [ operator value | "between" value "and" value | "in" "(" value { "," value } ")" | "at" value ]
 */
class QuestionParser extends EmbeddedActionsParser {
  constructor() {
    super(TOKENS, { recoveryEnabled: false, maxLookahead: 2 });
    this.performSelfAnalysis();
  }

  readonly question = this.RULE("question", (): Syntax | undefined => {
    return this.OPTION(() => this.SUBRULE(this.disjunction));
  });

  private readonly disjunction = this.RULE("disjunction", (): Syntax => {
    const operands = [this.SUBRULE(this.conjunction)];
    this.MANY(() => {
      this.CONSUME(Or);
      operands.push(this.SUBRULE2(this.conjunction));
    });
    return joined("or", operands);
  });

  private readonly conjunction = this.RULE("conjunction", (): Syntax => {
    const operands = [this.SUBRULE(this.negation)];
    this.MANY(() => {
      this.CONSUME(And);
      operands.push(this.SUBRULE2(this.negation));
    });
    return joined("and", operands);
  });

  private readonly negation = this.RULE("negation", (): Syntax => {
    return this.OR([
      { ALT: (): Syntax => this.negated() },
      { ALT: (): Syntax => this.grouped() },
      { ALT: (): Syntax => this.SUBRULE(this.predicate) },
    ]);
  });

  private readonly predicate = this.RULE("predicate", (): Syntax => {
    const field = this.CONSUME(Word);
    return this.OR([
      { ALT: (): Syntax => this.comparison(field) },
      { ALT: (): Syntax => this.range(field) },
      { ALT: (): Syntax => this.list(field) },
      { ALT: (): Syntax => ({ type: "at", field, keyword: this.CONSUME(At), instant: this.SUBRULE4(this.value) }) },
      { ALT: (): Syntax => ({ type: "word", field }) },
    ]);
  });

  private readonly value = this.RULE("value", (): IToken => {
    return this.OR([
      { ALT: () => this.CONSUME(Text) },
      { ALT: () => this.CONSUME(Hex) },
      { ALT: () => this.CONSUME(Amount) },
      { ALT: () => this.CONSUME(Word) },
    ]);
  });

  private negated(): Syntax {
    this.CONSUME(Not);
    return { type: "not", operand: this.SUBRULE(this.negation) };
  }

  private grouped(): Syntax {
    this.CONSUME(Open);
    const inner = this.SUBRULE(this.disjunction);
    this.CONSUME(Close);
    return inner;
  }

  private comparison(field: IToken): Syntax {
    const operator = this.CONSUME(Operator);
    return { type: "compare", field, operator, value: this.SUBRULE(this.value) };
  }

  private range(field: IToken): Syntax {
    this.CONSUME(Between);
    const low = this.SUBRULE2(this.value);
    this.CONSUME(And);
    return { type: "between", field, low, high: this.SUBRULE3(this.value) };
  }

  private list(field: IToken): Syntax {
    const keyword = this.CONSUME(In);
    const values: IToken[] = [];
    this.CONSUME(Open);
    this.AT_LEAST_ONE_SEP({ SEP: Comma, DEF: () => values.push(this.SUBRULE5(this.value)) });
    this.CONSUME(Close);
    return { type: "in", field, keyword, values };
  }
}

/** One operand stands for itself; a conjunction inside a conjunction is part of it. */
function joined(type: "and" | "or", operands: Syntax[]): Syntax {
  const [only] = operands;
  if (operands.length === 1 && only) return only;
  return { type, operands: operands.flatMap((operand) => (isJoined(operand, type) ? operand.operands : [operand])) };
}

/** While chevrotain records the grammar, rules yield no syntax at all. */
function isJoined(operand: Syntax | undefined, type: "and" | "or"): operand is Syntax & { operands: Syntax[] } {
  return operand?.type === type;
}

export const GRAMMAR = new QuestionParser();
