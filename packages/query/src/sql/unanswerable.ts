/** A question that the grammar allows but this view cannot answer. */
export class UnanswerableError extends Error {
  readonly code = "unanswerable_question";

  constructor(
    message: string,
    readonly advice: string,
  ) {
    super(message);
  }
}
