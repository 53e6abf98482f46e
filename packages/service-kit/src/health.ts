import { errorMessage } from "./errors.js";

/** Resolves when the thing is well, rejects with the reason when it is not. */
export type HealthCheck = (signal: AbortSignal) => Promise<void> | void;

export interface HealthReport {
  ok: boolean;
  checks: Record<string, { ok: boolean; reason?: string }>;
}

const DEFAULT_TIMEOUT_MS = 3_000;

/**
 * Two questions that Kubernetes asks. Liveness: does a restart help? Only what a restart would cure belongs there.
 * Readiness: can it do its work now? That includes what it depends on, and turns false first when shutting down.
 */
export class Health {
  private readonly liveness = new Map<string, HealthCheck>();
  private readonly readiness = new Map<string, HealthCheck>();
  private closing = false;

  constructor(private readonly timeoutMs = DEFAULT_TIMEOUT_MS) {}

  addLiveness(name: string, check: HealthCheck): void {
    this.liveness.set(name, check);
  }

  addReadiness(name: string, check: HealthCheck): void {
    this.readiness.set(name, check);
  }

  /** From now on not ready, so that no new work is sent here. */
  beginShutdown(): void {
    this.closing = true;
  }

  live(): Promise<HealthReport> {
    return this.run(this.liveness);
  }

  async ready(): Promise<HealthReport> {
    if (this.closing) return { ok: false, checks: { shutdown: { ok: false, reason: "shutting down" } } };
    return this.run(this.readiness);
  }

  private async run(checks: ReadonlyMap<string, HealthCheck>): Promise<HealthReport> {
    const entries = await Promise.all(
      [...checks].map(async ([name, check]) => [name, await runOne(check, this.timeoutMs)] as const),
    );
    return { ok: entries.every(([, result]) => result.ok), checks: Object.fromEntries(entries) };
  }
}

async function runOne(check: HealthCheck, timeoutMs: number): Promise<{ ok: boolean; reason?: string }> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    await Promise.race([check(signal), rejectOnAbort(signal, timeoutMs)]);
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: errorMessage(error) };
  }
}

function rejectOnAbort(signal: AbortSignal, timeoutMs: number): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(new Error(`no answer within ${timeoutMs} ms`)), { once: true });
  });
}
