/** Why a question is not understood, where, and what would be. */
export interface QuestionProblem {
  message: string;
  /** Offset of the first wrong character. */
  position: number;
  /** Number of wrong characters; 0 at the end of the text. */
  length: number;
  /** What could stand there. */
  expected: string[];
  advice: string;
}

/** Thrown inside the language only; `parse` turns it into a result. */
export class QuestionError extends Error {
  constructor(readonly problem: QuestionProblem) {
    super(problem.message);
  }
}
