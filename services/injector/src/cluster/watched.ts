import { setTimeout as sleep } from "node:timers/promises";
import { Watch, type KubernetesListObject, type KubernetesObject } from "@kubernetes/client-node";
import { errorMessage, type Logger } from "@heaphound/service-kit";
import type { Cluster } from "./client.js";

/** What a list is asked for: a page of it. */
export interface Page {
  limit: number;
  _continue?: string;
  labelSelector?: string;
}

export interface WatchedOptions<Source extends KubernetesObject, Kept> {
  cluster: Pick<Cluster, "config">;
  log: Logger;
  path: string;
  list: (page: Page) => Promise<KubernetesListObject<Source>>;
  labelSelector?: string;
  /** What is remembered of an object; undefined: nothing, it is of no interest. */
  keep: (object: Source) => Kept | undefined;
  /** What `get` finds it by; its UID unless given, so that an object and its successor of the same name are two. */
  keyOf?: (object: KubernetesObject) => string;
  /** After each change of what is remembered; `deleted`: the object is gone, or of no interest any more. */
  onChange?: (kept: Kept, deleted: boolean) => void;
  /** Before what failed is tried again. */
  pauseMs?: number;
}

const PAGE_ITEMS = 500;
const PAUSE_MS = 2_000;
const GONE = 410;

/**
 * A memory of all objects of a kind that follows the API server, however often the connection breaks. Lists come in pages, and
 * of each object only what `keep` returns stays, so that a cluster of a hundred thousand pods costs neither the memory nor
 * the one huge answer that the client library's informer would.
 */
export class Watched<Source extends KubernetesObject, Kept> {
  private readonly stopping = new AbortController();
  private readonly tried = Promise.withResolvers<undefined>();
  private kept = new Map<string, Kept>();
  private watching: AbortController | undefined;
  private running: Promise<void> | undefined;
  private mustList = true;
  private version = "";
  /** True once a whole list has come in. */
  synced = false;

  constructor(private readonly options: WatchedOptions<Source, Kept>) {}

  /** Begins; resolves after the first try. Never rejects: what fails is tried again until `stop`. */
  start(): Promise<void> {
    this.running ??= this.run();
    return this.tried.promise;
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    this.watching?.abort();
    await this.running;
  }

  get(key: string): Kept | undefined {
    return this.kept.get(key);
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
        this.tried.resolve(undefined);
        await this.follow();
      } catch (error) {
        this.tried.resolve(undefined);
        await this.recover(error);
      }
    }
  }

  private isStopped(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Only a version that is too old to go on from needs a new list; that is no fault, it happens after a quiet time. */
  private async recover(error: unknown): Promise<void> {
    if (this.isStopped()) return;
    if (error instanceof VersionGone) {
      this.mustList = true;
      return;
    }
    const { log, path } = this.options;
    log.warn({ path, error: errorMessage(error) }, "watch broke off, trying again");
    await this.pause();
  }

  private async pause(): Promise<void> {
    const { pauseMs = PAUSE_MS } = this.options;
    await sleep(pauseMs, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }

  private async listAll(): Promise<void> {
    this.mustList = false;
    const before = this.kept;
    try {
      this.kept = await this.listed();
    } catch (error) {
      this.mustList = true;
      throw error;
    }
    this.synced = true;
    for (const [key, kept] of before) if (!this.kept.has(key)) this.options.onChange?.(kept, true);
    for (const kept of this.kept.values()) this.options.onChange?.(kept, false);
  }

  private async listed(): Promise<Map<string, Kept>> {
    const found = new Map<string, Kept>();
    let next: string | undefined;
    do {
      const { items, metadata } = await this.page(next);
      for (const object of items) {
        const kept = this.options.keep(object);
        if (kept !== undefined) found.set(this.keyOf(object), kept);
      }
      this.version = metadata?.resourceVersion ?? "";
      next = metadata?._continue;
    } while (next !== undefined && next !== "");
    return found;
  }

  private page(next: string | undefined): Promise<KubernetesListObject<Source>> {
    const { list, labelSelector } = this.options;
    return list({
      limit: PAGE_ITEMS,
      ...(labelSelector !== undefined && { labelSelector }),
      ...(next !== undefined && { _continue: next }),
    });
  }

  /** Resolves when the API server closes the watch, as it does every few minutes; it goes on from the last version then. */
  private async follow(): Promise<void> {
    const { cluster, path, labelSelector, pauseMs = PAUSE_MS } = this.options;
    const beganMs = performance.now();
    const watch = new Watch(cluster.config);
    const query = { resourceVersion: this.version, allowWatchBookmarks: true, labelSelector };
    await new Promise<void>((resolve, reject) => {
      const take = (phase: string, object: unknown): void => {
        if (phase === "ERROR") reject(failureOf(object));
        else this.take(phase, object as Source);
      };
      const done = (error: unknown): void => {
        if (this.mustList || this.isStopped() || isClosed(error)) resolve();
        else reject(failureOf(error));
      };
      watch.watch(path, query, take, done).then((controller) => {
        this.watching = controller;
        if (this.mustList || this.isStopped()) controller.abort();
      }, reject);
    }).finally(() => this.watching?.abort());
    // A server that closes each watch at once must not be asked in a busy loop.
    if (!this.mustList && performance.now() - beganMs < pauseMs) await this.pause();
  }

  private take(phase: string, object: Source): void {
    this.version = object.metadata?.resourceVersion ?? this.version;
    if (phase === "BOOKMARK") return;
    const key = this.keyOf(object);
    const kept = this.options.keep(object);
    const before = this.kept.get(key);
    const isGone = phase === "DELETED" || kept === undefined;
    if (isGone) this.kept.delete(key);
    else this.kept.set(key, kept);
    const told = kept ?? before;
    if (told !== undefined) this.options.onChange?.(told, isGone);
  }

  private keyOf(object: KubernetesObject): string {
    return (this.options.keyOf ?? uidOf)(object);
  }
}

function uidOf({ metadata }: KubernetesObject): string {
  return metadata?.uid ?? `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
}

class VersionGone extends Error {}

/** The server says it in the answer's status, or in an event of a watch that it had begun. */
function failureOf(error: unknown): Error {
  const { code, statusCode, message } = error as { code?: unknown; statusCode?: unknown; message?: unknown };
  if (code === GONE || statusCode === GONE) return new VersionGone();
  return error instanceof Error ? error : new Error(`the API server ended the watch: ${String(message)}`);
}

/** The API server ends watches after some minutes, the client library after 30 quiet seconds: neither is a fault. */
function isClosed(error: unknown): boolean {
  return !error || error === Watch.SERVER_SIDE_CLOSE || (error instanceof Error && /abort|timeout/i.test(error.name));
}
