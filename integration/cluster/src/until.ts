import { setTimeout as delay } from "node:timers/promises";

export interface UntilOptions {
  timeoutMs?: number;
  everyMs?: number;
  /** Ends the wait at once when it cannot come true any more: returns why. */
  hopeless?: () => string | undefined;
}

/** Waits until the condition returns something truthy, and returns that. What it throws counts as "not yet". */
export async function until<T>(
  what: string,
  condition: () => Promise<T> | T,
  options: UntilOptions = {},
): Promise<NonNullable<T>> {
  const { timeoutMs = 120_000, everyMs = 100, hopeless } = options;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let last = "";
    try {
      const value = await condition();
      if (value) return value;
      last = String(value);
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    const reason = hopeless?.();
    if (reason !== undefined) throw new Error(`${what}: ${reason}`);
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s (last: ${last})`);
    await delay(everyMs);
  }
}
