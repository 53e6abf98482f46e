/**
 * Exit codes. `run` ends with the program's own code instead (128 + number for a signal).
 *
 * 0 fine; 1 it failed; 2 wrong usage; 3 the stack does not run or does not answer; 4 no such process.
 */
export const exitCodes = { failed: 1, usage: 2, unreachable: 3, notFound: 4 } as const;

export interface CliErrorOptions {
  /** One sentence: what to do about it. */
  advice: string;
  exitCode?: number;
  cause?: unknown;
}

/** An error whose message and advice are printed as they are, without a stack trace. */
export class CliError extends Error {
  readonly advice: string;
  readonly exitCode: number;

  constructor(message: string, options: CliErrorOptions) {
    super(message, { cause: options.cause });
    this.name = "CliError";
    this.advice = options.advice;
    this.exitCode = options.exitCode ?? exitCodes.failed;
  }
}

/** The text of anything that was thrown. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
