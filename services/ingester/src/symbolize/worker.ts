import { setTimeout as delay } from "node:timers/promises";
import { classifyClickHouseError, errorMessage, retry, type Logger } from "@heaphound/service-kit";
import type { FrameQueue, ModuleFrames } from "./frame-queue.js";
import type { SymbolMetrics } from "./metrics.js";
import type { FrameSymbol, SymbolStore } from "./symbol-store.js";
import type { Symbolizer } from "./symbolizer.js";

export interface WorkerParts {
  queue: FrameQueue;
  symbolizer: Pick<Symbolizer, "symbolize">;
  store: SymbolStore;
  metrics: SymbolMetrics;
  log: Logger;
}

const BATCH_FRAMES = 2_000;
const SEARCH_FRAMES = 10_000;
/** How often to search the database for frames that the queue had no room for. */
const SEARCH_INTERVAL_MS = 30_000;
const MAX_UNKNOWN_MODULES = 10_000;

/**
 * Looks up queued frames, one batch of a module after the other, beside the flow of data. Modules without a file are
 * remembered, so that they are searched once, not once per frame; a new file makes them be searched again.
 */
export class SymbolWorker {
  private readonly unknown = new Map<string, string>();
  private readonly stopping = new AbortController();
  private wake: () => void = () => undefined;
  private searchDue = true;
  private searchAfter = 0n;
  private done: Promise<void> | undefined;

  constructor(private readonly parts: WorkerParts) {}

  start(): void {
    this.done = this.run();
  }

  /** There is something in the queue. */
  notify(): void {
    this.wake();
  }

  /** A file of this module has arrived: look its frames up again. */
  async fileArrived(buildId: string): Promise<void> {
    this.unknown.delete(buildId);
    let after = 0n;
    for (;;) {
      const frames = await this.parts.store.missing({ buildId, after, limit: SEARCH_FRAMES });
      this.parts.queue.add(frames);
      this.notify();
      const last = frames.at(-1);
      if (!last || frames.length < SEARCH_FRAMES) return;
      after = last.frame;
    }
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.done;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      const batch = this.parts.queue.take(BATCH_FRAMES);
      try {
        if (batch) await this.lookUp(batch);
        else if (this.searchDue) await this.search();
        else await this.idle();
      } catch (error) {
        this.parts.log.error({ error }, "could not look up a batch of frames");
        // Its frames are still in the database without symbols: the search finds them.
        this.searchDue = true;
        await this.idle();
      }
    }
  }

  private async lookUp(batch: ModuleFrames): Promise<void> {
    const { metrics, symbolizer } = this.parts;
    if (this.unknown.has(batch.buildId)) {
      metrics.frames.inc({ result: "no_file" }, batch.frames.length);
      return;
    }
    const endTimer = metrics.seconds.startTimer();
    const { symbols, reason } = await symbolizer.symbolize(
      batch.buildId,
      batch.path,
      batch.frames.map(({ offset }) => offset),
    );
    endTimer();
    if (reason !== "") this.rememberUnknown(batch, reason);
    const found = batch.frames.flatMap(({ frame }, i): FrameSymbol[] => {
      const resolved = symbols[i];
      return resolved ? [{ frame, ...resolved }] : [];
    });
    metrics.frames.inc({ result: "found" }, found.length);
    metrics.frames.inc({ result: reason === "" ? "not_in_file" : "no_file" }, batch.frames.length - found.length);
    await this.write(found);
  }

  private async write(symbols: readonly FrameSymbol[]): Promise<void> {
    try {
      await retry(() => this.parts.store.write(symbols), {
        retryable: (error) => classifyClickHouseError(error) === "retry",
        signal: this.stopping.signal,
        onRetry: () => this.parts.metrics.writeErrors.inc(),
      });
    } catch (error) {
      this.parts.metrics.writeErrors.inc();
      throw error;
    }
  }

  /** Frames that an earlier run, another ingester or a full queue has left without symbols. */
  private async search(): Promise<void> {
    this.searchDue = false;
    const frames = await this.parts.store.missing({
      except: [...this.unknown.keys()],
      after: this.searchAfter,
      limit: SEARCH_FRAMES,
    });
    this.searchAfter = frames.length < SEARCH_FRAMES ? 0n : (frames.at(-1)?.frame ?? 0n);
    // On to the next page, until the end; frames that their files do not name come up once per search.
    this.searchDue = this.searchAfter !== 0n;
    this.parts.queue.add(frames);
  }

  private async idle(): Promise<void> {
    const woken = new Promise<void>((resolve) => (this.wake = resolve));
    const pause = new AbortController();
    const signal = AbortSignal.any([pause.signal, this.stopping.signal]);
    await Promise.race([woken, delay(SEARCH_INTERVAL_MS, undefined, { signal }).catch(errorMessage)]);
    pause.abort();
    if (this.parts.queue.takeOverflow()) this.searchDue = true;
  }

  private rememberUnknown(batch: ModuleFrames, reason: string): void {
    if (this.unknown.size >= MAX_UNKNOWN_MODULES) this.unknown.clear();
    this.unknown.set(batch.buildId, reason);
    const { buildId, path } = batch;
    this.parts.log.info({ buildId, path, reason }, "frames of this module stay without symbols for now");
  }
}
