import { Watch, type KubernetesListObject, type KubernetesObject } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { errorMessage, type Logger } from "@heaphound/service-kit";
import { hasStatus, type Cluster } from "./client.js";

export interface Page {
  limit: number;
  _continue?: string;
}

export interface CompactWatchOptions<Source extends KubernetesObject, Kept> {
  cluster: Cluster;
  log: Logger;
  path: string;
  list: (page: Page) => Promise<KubernetesListObject<Source>>;
  /** What is remembered of an object; undefined: nothing, it is of no interest. */
  keep: (object: Source) => Kept | undefined;
  /** After each change of what is remembered; `deleted`: the object is gone, or of no interest any more. */
  onChange?: (kept: Kept, deleted: boolean) => void;
}

const PAGE_ITEMS = 500;
const RESTART_MS = 2_000;
const GONE = 410;

/**
 * Follows all objects of a kind and remembers a few fields of those that matter, so that a cluster of a hundred thousand pods costs
 * neither the memory nor one huge answer that the client library's informer would: lists come in pages, and of each object
 * only what `keep` returns stays.
 */
export class CompactWatch<Source extends KubernetesObject, Kept> {
  private readonly stopping = new AbortController();
  private kept = new Map<string, Kept>();
  private watching: AbortController | undefined;
  private running: Promise<void> | undefined;
  private mustList = true;
  private version = "";
  /** True once a whole list has come in. */
  synced = false;

  constructor(private readonly options: CompactWatchOptions<Source, Kept>) {}

  /** Begins; what fails is tried again until `stop`. */
  start(): void {
    this.running ??= this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.watching?.abort();
    await this.running;
  }

  all(): IterableIterator<Kept> {
    return this.kept.values();
  }

  /** What matters has changed: everything is looked at again. */
  relist(): void {
    this.mustList = true;
    this.watching?.abort();
  }

  private async run(): Promise<void> {
    while (!this.isStopped()) {
      try {
        if (this.mustList) await this.listAll();
        await this.follow();
      } catch (error) {
        await this.recover(error);
      }
    }
  }

  private isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async recover(error: unknown): Promise<void> {
    this.mustList = true;
    // Too old a version to go on from is no fault: it is what happens after a quiet time.
    if (hasStatus(error, GONE) || this.isStopped()) return;
    const { log, path } = this.options;
    log.warn({ path, error: errorMessage(error) }, "watch broke off, trying again");
    await sleep(RESTART_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async listAll(): Promise<void> {
    this.mustList = false;
    const before = this.kept;
    this.kept = await this.listed();
    this.synced = true;
    for (const [key, kept] of before) if (!this.kept.has(key)) this.options.onChange?.(kept, true);
    for (const kept of this.kept.values()) this.options.onChange?.(kept, false);
  }

  private async listed(): Promise<Map<string, Kept>> {
    const found = new Map<string, Kept>();
    for (let next: string | undefined = ""; next !== undefined;) {
      const { items, metadata } = await this.options.list({
        limit: PAGE_ITEMS,
        ...(next !== "" && { _continue: next }),
      });
      for (const object of items) {
        const kept = this.options.keep(object);
        if (kept !== undefined) found.set(keyOf(object), kept);
      }
      this.version = metadata?.resourceVersion ?? "";
      next = metadata?._continue === "" ? undefined : metadata?._continue;
    }
    return found;
  }

  /** Resolves when the API server closes the watch, as it does every few minutes; it goes on from the last version then. */
  private async follow(): Promise<void> {
    const watch = new Watch(this.options.cluster.config);
    const query = { resourceVersion: this.version, allowWatchBookmarks: true };
    await new Promise<void>((resolve, reject) => {
      const done = (error: unknown): void => {
        if (this.mustList || this.isStopped() || isClosed(error)) resolve();
        else reject(error instanceof Error ? error : new Error(String(error)));
      };
      watch
        .watch(this.options.path, query, (phase, object) => this.take(phase, object as Source), done)
        .then((controller) => {
          this.watching = controller;
          if (this.mustList || this.isStopped()) controller.abort();
        }, reject);
    });
  }

  private take(phase: string, object: Source): void {
    if (phase === "ERROR") {
      this.relist(); // usually 410: the version is too old to go on from
      return;
    }
    this.version = object.metadata?.resourceVersion ?? this.version;
    if (phase === "BOOKMARK") return;
    const key = keyOf(object);
    const kept = this.options.keep(object);
    const before = this.kept.get(key);
    const isGone = phase === "DELETED" || kept === undefined;
    if (isGone) this.kept.delete(key);
    else this.kept.set(key, kept);
    const told = kept ?? before;
    if (told !== undefined) this.options.onChange?.(told, isGone);
  }
}

function keyOf({ metadata }: KubernetesObject): string {
  return metadata?.uid ?? `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}

/** The API server ends watches after some minutes, and so does an idle timeout: neither is a fault. */
function isClosed(error: unknown): boolean {
  return !error || error === Watch.SERVER_SIDE_CLOSE || (error instanceof Error && /abort|timeout/i.test(error.name));
}
