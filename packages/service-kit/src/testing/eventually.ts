import { setTimeout as delay } from "node:timers/promises";

/** Waits until the condition holds (returns something truthy) and returns that; throws with the last value at the deadline. */
export async function eventually<T>(
  condition: () => Promise<T> | T,
  options: { timeoutMs?: number; everyMs?: number } = {},
): Promise<NonNullable<T>> {
  const deadline = Date.now() + (options.timeoutMs ?? 60_000);
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`condition did not hold in time; last value: ${String(value)}`);
    await delay(options.everyMs ?? 20);
  }
}
