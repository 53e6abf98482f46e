import { setTimeout as delay } from "node:timers/promises";

export interface RetryOptions {
  /** True when the same call may succeed later. */
  retryable: (error: unknown) => boolean;
  /** Ends waiting and rejects with the last error. */
  signal?: AbortSignal;
  /** How often to call in all; unlimited unless told otherwise (then `signal` is what ends it). */
  attempts?: number;
  firstDelayMs?: number;
  maxDelayMs?: number;
  /** Called before each wait, for counters and logs. */
  onRetry?: (error: unknown, attempt: number, delayMs: number) => void;
  /** 0 to 1; for tests. */
  random?: () => number;
}

const FIRST_DELAY_MS = 100;
const MAX_DELAY_MS = 5_000;

/** Calls until it succeeds, fails for good, or runs out of attempts; waits longer each time, with full jitter. */
export async function retry<T>(call: (attempt: number) => Promise<T>, options: RetryOptions): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call(attempt);
    } catch (error) {
      if (options.signal?.aborted || attempt >= (options.attempts ?? Infinity) || !options.retryable(error))
        throw error;
      const delayMs = retryDelayMs(attempt, options);
      options.onRetry?.(error, attempt, delayMs);
      if (!(await slept(delayMs, options.signal))) throw error;
    }
  }
}

/** Between half of and the whole exponential delay: spread out, yet never nothing. */
export function retryDelayMs(
  attempt: number,
  options: Pick<RetryOptions, "firstDelayMs" | "maxDelayMs" | "random"> = {},
): number {
  const ceiling = Math.min(
    options.maxDelayMs ?? MAX_DELAY_MS,
    (options.firstDelayMs ?? FIRST_DELAY_MS) * 2 ** Math.min(attempt - 1, 30),
  );
  return Math.round((ceiling * (1 + (options.random ?? Math.random)())) / 2);
}

async function slept(delayMs: number, signal: AbortSignal | undefined): Promise<boolean> {
  try {
    await delay(delayMs, undefined, signal ? { signal } : {});
    return true;
  } catch {
    return false;
  }
}
