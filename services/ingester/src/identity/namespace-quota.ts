import { setTimeout as sleep } from "node:timers/promises";
import { status } from "@grpc/grpc-js";
import { RejectedError } from "../errors.js";

export interface NamespaceLimits {
  /** Streams of one namespace at a time; 0: any number. */
  streams: number;
  /** Bytes per second of one namespace; 0: any number. */
  bytesPerSecond: number;
}

interface Account {
  streams: number;
  /** When what was let through so far would have been sent at the allowed rate, in ms of performance.now(). */
  paidUntilMs: number;
}

/** A namespace may be one second ahead of its rate. */
const BURST_MS = 1_000;

/**
 * Keeps one namespace from taking what is meant for all: streams over the limit are refused, bytes over the rate wait
 * (GCRA, the leaky bucket as a meter of ITU-T I.371), which pauses the stream and so its client.
 */
export class NamespaceQuota {
  private readonly accounts = new Map<string, Account>();

  constructor(
    private readonly limits: NamespaceLimits,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Throws RejectedError when the namespace has all its streams. Each enter needs a leave. */
  enter(namespace: string): void {
    const account = this.accounts.get(namespace) ?? { streams: 0, paidUntilMs: 0 };
    const { streams } = this.limits;
    if (streams > 0 && account.streams >= streams)
      throw new RejectedError(
        "namespace_streams",
        `namespace ${namespace} has its ${streams} streams: raise HEAPHOUND_NAMESPACE_STREAMS`,
        status.RESOURCE_EXHAUSTED,
      );
    account.streams++;
    this.accounts.set(namespace, account);
  }

  leave(namespace: string): void {
    const account = this.accounts.get(namespace);
    if (account && --account.streams <= 0) this.accounts.delete(namespace);
  }

  /** Resolves when the namespace may send this many bytes. */
  async pay(namespace: string, bytes: number): Promise<void> {
    const { bytesPerSecond } = this.limits;
    const account = this.accounts.get(namespace);
    if (bytesPerSecond === 0 || !account) return;
    const now = this.now();
    account.paidUntilMs = Math.max(account.paidUntilMs, now) + (bytes * 1000) / bytesPerSecond;
    const waitMs = account.paidUntilMs - now - BURST_MS;
    if (waitMs > 0) await sleep(waitMs);
  }
}
