import { setTimeout as delay } from "node:timers/promises";

export interface UntilOptions {
  timeoutMs?: number;
  everyMs?: number;
  /** Ends the wait at once when it cannot come true any more: returns why. */
  hopeless?: () => string | undefined;
}

/** What of T can be true. */
type Truthy<T> = Exclude<NonNullable<T>, false>;

/** Waits until the condition returns something truthy, and returns that. What it throws counts as "not yet". */
export async function until<T>(
  what: string,
  condition: () => Promise<T> | T,
  options: UntilOptions = {},
): Promise<Truthy<T>> {
  const { timeoutMs = 120_000, everyMs = 100, hopeless = () => undefined } = options;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const { value, said } = await tried(condition);
    if (value) return value as Truthy<T>;
    const reason = hopeless();
    if (reason !== undefined) throw new Error(`${what}: ${reason}`);
    if (Date.now() > deadline) throw new Error(`${what}: not within ${timeoutMs / 1000} s (last: ${said})`);
    await delay(everyMs);
  }
}

async function tried<T>(condition: () => Promise<T> | T): Promise<{ value?: T; said: string }> {
  try {
    const value = await condition();
    return { value, said: String(value) };
  } catch (error) {
    return { said: error instanceof Error ? error.message : String(error) };
  }
}
