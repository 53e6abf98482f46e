/** An error of the engine, with ClickHouse's own number and name; also used for the service's own refusals. */
export class EngineError extends Error {
  constructor(
    readonly code: number,
    readonly type: string,
    message: string,
  ) {
    super(message);
    this.name = "EngineError";
  }

  /** As a server writes it into the body; the client reads number, message and name from this. */
  toText(version: string): string {
    return `Code: ${this.code}. DB::Exception: ${this.message}. (${this.type}) (version ${version} (official build))\n`;
  }
}

// The name is the last word in brackets: messages quote words of the query in brackets too.
const ERROR_TEXT = /Code: (\d+)\. DB::Exception: (.*)\(([A-Z][A-Z0-9_]*[A-Z0-9])\)/s;
const WRAPPED = /^(?:Code: \d+\. DB::Exception: )+/;
const INNER_NAMES = /(?: \([A-Z][A-Z0-9_]*[A-Z0-9]\)(?: \(version [^()]*(?:\([^()]*\))?\))?\.?)+$/;

/** Reads number, message and name from what the engine throws. */
export function toEngineError(thrown: unknown): EngineError {
  if (thrown instanceof EngineError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const match = ERROR_TEXT.exec(text);
  if (!match) return new EngineError(1002, "UNKNOWN_EXCEPTION", text.trim());
  const [, code, message, type] = match;
  // Errors in data arrive wrapped: "Code: 32. DB::Exception: Code: 32. DB::Exception: ... (NAME) (version 26.7). (NAME)".
  const bare = (message ?? "").trim().replace(WRAPPED, "").replace(INNER_NAMES, "").replace(/\.+$/, "");
  return new EngineError(Number(code), type ?? "UNKNOWN_EXCEPTION", bare);
}

const NOT_FOUND = new Set([46, 47, 50, 56, 60, 63, 73, 81, 115, 456]);
const BAD_REQUEST = new Set([6, 26, 27, 32, 33, 36, 38, 41, 42, 43, 53, 62, 72, 117, 344]);
const STATUS: ReadonlyMap<number, number> = new Map([
  [48, 501],
  [159, 408],
  [194, 401],
  [192, 403],
  [193, 403],
  [516, 403],
  [202, 503],
  [209, 503],
  [307, 413],
]);

/** The HTTP status that goes with an error, as ClickHouse chooses it. */
export function httpStatusOf(error: EngineError): number {
  const status = STATUS.get(error.code);
  if (status !== undefined) return status;
  if (NOT_FOUND.has(error.code)) return 404;
  return BAD_REQUEST.has(error.code) ? 400 : 500;
}
