import { setTimeout as delay } from "node:timers/promises";
import { errorMessage, type ClickHouseClient, type Logger } from "@heaphound/service-kit";
import { readWishes, type Wish, type WishSearch } from "../store/wishes.js";

export interface WishCourierOptions {
  client: ClickHouseClient;
  log: Logger;
  pollMs: number;
  /** How many processes are connected now. */
  connected(): number;
  /** Sends it on the stream of its process, if that is here. Called again with the same wish: it must not matter. */
  deliver(wish: Wish): void;
}

/** What is written at about the same time by several APIs may appear in another order, and clocks differ a little. */
const LOOK_BACK_NS = 60_000_000_000n;

/**
 * Carries wishes of `process_settings` to the processes that are connected here. The database is the meeting point: an API
 * writes, whichever ingester has the stream reads. Nothing is asked while nobody is connected.
 */
export class WishCourier {
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private newestNs = 0n;

  constructor(private readonly options: WishCourierOptions) {}

  start(): void {
    this.newestNs = BigInt(Date.now()) * 1_000_000n;
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  /** A process has just been welcomed: it may have been away when somebody wanted something of it. */
  async welcome(process: bigint): Promise<void> {
    await this.carry({ process });
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      if (this.options.connected() > 0) await this.carry({ sinceNs: this.newestNs - LOOK_BACK_NS });
      await delay(this.options.pollMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async carry(search: WishSearch): Promise<void> {
    const { client, log } = this.options;
    try {
      for (const wish of await readWishes(client, search)) {
        if (wish.revision > this.newestNs) this.newestNs = wish.revision;
        this.options.deliver(wish);
      }
    } catch (error) {
      if (!this.stopping.signal.aborted)
        log.warn({ error: errorMessage(error) }, "could not read the settings of processes, trying again");
    }
  }
}
