/** What an `AppError` is made of besides its message. */
export interface AppErrorOptions {
  /** Stable, lower case with underscores: scripts match on it. */
  code: string;
  /** One sentence for people: what to do about it. */
  advice: string;
  /** Status of an HTTP answer that carries this error. */
  httpStatus?: number;
  cause?: unknown;
}

/** An error that somebody can act upon. Every part throws these at its edges; anything else is a bug in Heaphound. */
export class AppError extends Error {
  readonly code: string;
  readonly advice: string;
  readonly httpStatus: number;

  constructor(message: string, options: AppErrorOptions) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = options.code;
    this.advice = options.advice;
    this.httpStatus = options.httpStatus ?? 500;
  }
}

/** The environment or a file holds a value that the program cannot use. */
export class ConfigError extends AppError {
  constructor(message: string, advice: string) {
    super(message, { code: "bad_config", advice });
  }
}

/** The text of anything that was thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Marks a switch as complete: the compiler complains when a variant is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected variant ${JSON.stringify(value)}`);
}
