import { makeInformer, type KubernetesObject, type ListPromise } from "@kubernetes/client-node";
import { errorMessage, type Logger } from "@heaphound/service-kit";
import type { Cluster } from "./client.js";

export interface WatchedOptions<T extends KubernetesObject> {
  cluster: Cluster;
  log: Logger;
  path: string;
  list: ListPromise<T>;
  labelSelector?: string;
  onChange?: (object: T, deleted: boolean) => void;
}

const RESTART_MS = 2_000;

/** A cache of objects that follows the API server, however often the connection breaks. */
export class Watched<T extends KubernetesObject> {
  private readonly informer;
  private stopped = false;
  private timer: NodeJS.Timeout | undefined;
  /** True once a list has come in. */
  synced = false;

  constructor(private readonly options: WatchedOptions<T>) {
    const { cluster, path, list, labelSelector, onChange } = options;
    this.informer = makeInformer(cluster.config, path, list, labelSelector);
    this.informer.on("connect", () => (this.synced = true));
    this.informer.on("error", (error: unknown) => this.restart(error));
    if (!onChange) return;
    this.informer.on("add", (object) => onChange(object, false));
    this.informer.on("update", (object) => onChange(object, false));
    this.informer.on("delete", (object) => onChange(object, true));
  }

  /** Never rejects: what fails is tried again. */
  async start(): Promise<void> {
    try {
      await this.informer.start();
      this.synced = true;
    } catch (error) {
      this.restart(error);
    }
  }

  get(name: string, namespace?: string): T | undefined {
    return this.informer.get(name, namespace);
  }

  all(): readonly T[] {
    return this.informer.list();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.informer.stop();
  }

  private restart(error: unknown): void {
    if (this.stopped) return;
    this.options.log.warn({ path: this.options.path, error: errorMessage(error) }, "watch broke off, trying again");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.start(), RESTART_MS);
  }
}
