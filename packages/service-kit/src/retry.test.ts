import { describe, expect, it } from "vitest";
import { retry, retryDelayMs } from "./retry.js";

describe("retry", () => {
  it("calls again after retryable errors only", async () => {
    const seen: number[] = [];
    const result = await retry(
      (attempt) => {
        seen.push(attempt);
        return attempt < 3 ? Promise.reject(new Error("busy")) : Promise.resolve("done");
      },
      { retryable: () => true, firstDelayMs: 1 },
    );
    expect(result).toBe("done");
    expect(seen).toEqual([1, 2, 3]);
    await expect(
      retry(() => Promise.reject(new Error("wrong")), { retryable: () => false, attempts: 5 }),
    ).rejects.toThrow("wrong");
  });

  it("gives up after the last attempt with the last error", async () => {
    let calls = 0;
    await expect(
      retry(() => Promise.reject(new Error(`try ${++calls}`)), { retryable: () => true, attempts: 2, firstDelayMs: 1 }),
    ).rejects.toThrow("try 2");
  });

  it("ends its wait when the caller leaves", async () => {
    const leave = new AbortController();
    const waiting = retry(() => Promise.reject(new Error("away")), {
      retryable: () => true,
      signal: leave.signal,
      firstDelayMs: 3_600_000,
      maxDelayMs: 3_600_000,
      onRetry: () => queueMicrotask(() => leave.abort()),
    });
    await expect(waiting).rejects.toThrow("away");
  });

  it("waits longer each time, within bounds", () => {
    const bounds = [1, 2, 3, 4].map((attempt) => [
      retryDelayMs(attempt, { firstDelayMs: 100, maxDelayMs: 500, random: () => 0 }),
      retryDelayMs(attempt, { firstDelayMs: 100, maxDelayMs: 500, random: () => 1 }),
    ]);
    expect(bounds).toEqual([
      [50, 100],
      [100, 200],
      [200, 400],
      [250, 500],
    ]);
  });
});
