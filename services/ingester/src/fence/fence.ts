import { setTimeout as delay } from "node:timers/promises";
import { errorMessage, formatProcessKey, type ClickHouseClient, type Logger } from "@heaphound/service-kit";
import { LRUCache } from "lru-cache"; // bounded; the one that packages/identity uses
import type { Leftovers } from "../store/leftovers.js";
import { Claims, type Claim } from "./claims.js";

export interface FenceOptions {
  client: ClickHouseClient;
  log: Logger;
  /** Stays the same when this ingester is started again in the same place. */
  name: string;
  /** To wait for inserts that are running now. */
  leftovers(): Leftovers;
  beatMs: number;
  /** An ingester whose beats stay away for so long, while the database answers others, is taken for dead. */
  deadMs: number;
  /** Processes of which something waits here to be inserted. */
  waiting(): bigint[];
  /** Ends the stream of a process, if there is one; resolves when nothing of the process waits here. */
  letGo(process: bigint): Promise<void>;
  /** Others took this ingester for dead and have taken over: what waits here must never be inserted. */
  onFenced(): void;
}

const POLL_MS = 250;

/**
 * Sees to it that blocks of a process wait in one ingester only, where several write to one database. The claim of a process is
 * in its row, written before Welcome. Who is sent a process that another one has claimed asks for it and waits until it was let go
 * of; if the other one is silent for `deadMs`, it takes the process. An ingester that could not say that it lives for half
 * of that time looks, before its next insert, whether it was taken for dead, and if so ends without inserting anything.
 * Nobody's clock is compared with another's: silence is that a beat does not change while we look.
 */
export class Fence {
  private readonly claims: Claims;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private lastBeatMs = -Infinity;
  /** Requests that were answered, by process: one whose ingester died stays in the table. */
  private readonly answered = new LRUCache<bigint, bigint>({ max: 100_000 });

  constructor(private readonly options: FenceOptions) {
    this.claims = new Claims(options.client, options.name);
  }

  /** What process rows name as their ingester while this one has them. */
  get name(): string {
    return this.options.name;
  }

  start(): void {
    this.running = this.run();
  }

  /** Call it when nothing waits to be inserted any more, or ever will be. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    await this.claims.beat(true).catch((error: unknown) => {
      this.options.log.warn({ error: errorMessage(error) }, "could not say that this ingester ends: others will wait");
    });
  }

  /** Resolves when no other ingester holds blocks of the process, with the time of its newest row. */
  async take(process: bigint, signal: AbortSignal): Promise<bigint> {
    const claim = await this.claims.of(process);
    if (this.isFree(claim)) return claim.rowNs;
    await this.takeFrom(claim, process, signal);
    await this.claims.withdraw(process);
    return (await this.claims.of(process)).rowNs;
  }

  private async takeFrom(first: Claim, process: bigint, signal: AbortSignal): Promise<void> {
    let claim = first;
    const { log, deadMs } = this.options;
    log.info({ process: formatProcessKey(process), from: claim.ingester }, "asking for a process");
    await this.claims.request(process);
    const silence = new Silence(claim.seenNs);
    while (!this.isFree(claim)) {
      if (claim.stopped || silence.lasted(claim.seenNs) > deadMs) return this.seize(process, claim, signal);
      await delay(POLL_MS, undefined, { signal });
      claim = await this.claims.of(process);
    }
  }

  /** Before an attempt to insert: rejects while it cannot be known that nobody has taken over what is to be inserted. */
  async confirm(): Promise<void> {
    if (this.wasSilent()) await this.beat();
  }

  private wasSilent(): boolean {
    return performance.now() - this.lastBeatMs >= this.options.deadMs / 2;
  }

  /** Rejects when others have taken over what waits here. */
  private async checkClaims(): Promise<void> {
    const { log } = this.options;
    const lost = await this.claims.lost(this.options.waiting());
    if (lost.length === 0) return;
    log.error({ processes: lost.length }, "others took this ingester for dead: it ends without inserting what it has");
    this.options.onFenced();
    throw new Error("taken for dead by other ingesters");
  }

  private isFree({ ingester }: Claim): boolean {
    return ingester === "" || ingester === this.options.name;
  }

  private async seize(process: bigint, { ingester, stopped }: Claim, signal: AbortSignal): Promise<void> {
    const { log } = this.options;
    await this.claims.assign(process, this.options.name);
    await this.options.leftovers().gone(signal);
    log.warn(
      { process: formatProcessKey(process), from: ingester, stopped },
      "took over from an ingester that is gone",
    );
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      await this.tend().catch((error: unknown) => this.warn(error));
      await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  private async tend(): Promise<void> {
    if (performance.now() - this.lastBeatMs >= this.options.beatMs) await this.beat();
    const requests = await this.claims.requests();
    const open = requests.filter(({ process, requestedNs }) => this.answered.get(process) !== requestedNs);
    const own = await this.claims.own(open.map(({ process }) => process));
    for (const { process, requestedNs } of open.filter((request) => own.includes(request.process))) {
      this.answered.set(process, requestedNs);
      // Not waited for: the next beat may be due before the last block is stored.
      void this.letGo(process).catch((error: unknown) => {
        this.answered.delete(process);
        this.warn(error);
      });
    }
  }

  private warn(error: unknown): void {
    if (this.stopping.signal.aborted) return;
    this.options.log.warn({ error: errorMessage(error) }, "could not tend the claims of processes, trying again");
  }

  private async letGo(process: bigint): Promise<void> {
    await this.options.letGo(process);
    await this.claims.assign(process, "");
    this.options.log.info({ process: formatProcessKey(process) }, "let go of a process");
  }

  /** After a long silence it counts only when nothing was taken over meanwhile, whoever beats first: this loop or an insert. */
  private async beat(): Promise<void> {
    const startedMs = performance.now();
    const wasSilent = this.wasSilent();
    await this.claims.beat();
    if (wasSilent) await this.checkClaims();
    this.lastBeatMs = startedMs;
  }
}

/** How long a number has not changed. */
class Silence {
  private sinceMs = performance.now();

  constructor(private last: bigint) {}

  lasted(now: bigint): number {
    if (now !== this.last) {
      this.last = now;
      this.sinceMs = performance.now();
    }
    return performance.now() - this.sinceMs;
  }
}
