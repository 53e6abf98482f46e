import type { KubernetesListObject, KubernetesObject, V1ObjectMeta, V1Pod } from "@kubernetes/client-node";
import { INJECTED, wishOf, workloadOf, workloadText, type Namespace, type Wish } from "@heaphound/injection";
import type { Logger } from "@heaphound/service-kit";
import type { Cluster } from "../cluster/client.js";
import { Watched, type Page } from "../cluster/watched.js";
import { factsOf, type PodFacts } from "./pod-facts.js";

export interface FleetWatchOptions {
  cluster: Cluster;
  log: Logger;
  namespaceOf: (name: string) => Namespace | undefined;
  onPod: (pod: PodFacts, deleted: boolean) => void;
  settleMs?: number;
  /** Before a watch that failed is begun again. */
  pauseMs?: number;
}

/** A workload whose own metadata asks for injection, where it has no effect. */
interface Asking {
  key: string;
}

interface Owner extends KubernetesObject {
  spec?: {
    template?: { metadata?: V1ObjectMeta };
    jobTemplate?: { spec?: { template?: { metadata?: V1ObjectMeta } } };
  };
}

/** Namespaces and workloads change in bursts; pods are listed anew a little later. */
const SETTLE_MS = 2_000;

/** Follows the pods that somebody asked profiles of: by themselves, their namespace, or (in vain) their workload. */
export class FleetWatch {
  private readonly pods: Watched<V1Pod, PodFacts>;
  private readonly owners: Watched<Owner, Asking>[];
  private readonly wishes = new Map<string, Wish>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: FleetWatchOptions) {
    const { cluster, onPod } = options;
    const { core, apps, batch } = cluster;
    this.pods = new Watched<V1Pod, PodFacts>({
      ...this.shared,
      path: "/api/v1/pods",
      list: (page) => core.listPodForAllNamespaces(page),
      keep: (pod) => (this.isAskedFor(pod) ? factsOf(pod) : undefined),
      onChange: onPod,
    });
    this.owners = [
      this.ownersOf("Deployment", "/apis/apps/v1/deployments", (page) => apps.listDeploymentForAllNamespaces(page)),
      this.ownersOf("StatefulSet", "/apis/apps/v1/statefulsets", (page) => apps.listStatefulSetForAllNamespaces(page)),
      this.ownersOf("DaemonSet", "/apis/apps/v1/daemonsets", (page) => apps.listDaemonSetForAllNamespaces(page)),
      this.ownersOf("CronJob", "/apis/batch/v1/cronjobs", (page) => batch.listCronJobForAllNamespaces(page)),
    ];
  }

  private get shared(): Pick<FleetWatchOptions, "cluster" | "log" | "pauseMs"> {
    const { cluster, log, pauseMs } = this.options;
    return { cluster, log, ...(pauseMs !== undefined && { pauseMs }) };
  }

  get synced(): boolean {
    return this.pods.synced;
  }

  start(): void {
    for (const watched of [...this.owners, this.pods]) void watched.start();
  }

  async stop(): Promise<void> {
    clearTimeout(this.timer);
    await Promise.all([this.pods.stop(), ...this.owners.map((owners) => owners.stop())]);
  }

  all(): PodFacts[] {
    return [...this.pods.all()];
  }

  /** Only whether it asks for its pods matters. */
  namespaceChanged(namespace: Namespace): void {
    const wish = wishOf(namespace);
    const before = this.wishes.get(namespace.name) ?? "silent";
    this.wishes.set(namespace.name, wish);
    if (before !== wish) this.relistSoon();
  }

  private relistSoon(): void {
    const relist = (): void => {
      this.timer = undefined;
      this.pods.relist();
    };
    this.timer ??= setTimeout(relist, this.options.settleMs ?? SETTLE_MS);
  }

  workloadAsks(pod: PodFacts): boolean {
    return this.asks(`${pod.namespace}/${workloadText(workloadOf(pod))}`);
  }

  private isAskedFor({ metadata = {} }: V1Pod): boolean {
    const { labels, annotations, namespace = "" } = metadata;
    if (labels?.[INJECTED] === "true") return true;
    const wish = { ...(labels && { labels }), ...(annotations && { annotations }) };
    if (wishOf(wish) !== "silent" || wishOf(this.options.namespaceOf(namespace)) !== "silent") return true;
    return this.asks(`${namespace}/${workloadText(workloadOf(factsOf({ metadata })))}`);
  }

  private asks(key: string): boolean {
    return this.owners.some((owners) => [...owners.all()].some((asking) => asking.key === key));
  }

  private ownersOf(
    kind: string,
    path: string,
    list: (page: Page) => Promise<KubernetesListObject<Owner>>,
  ): Watched<Owner, Asking> {
    return new Watched<Owner, Asking>({
      ...this.shared,
      path,
      list,
      keep: (owner) => (asksInVain(owner) ? { key: keyOf(kind, owner.metadata) } : undefined),
      onChange: () => this.relistSoon(),
    });
  }
}

function asksInVain({ metadata, spec }: Owner): boolean {
  const template = spec?.template ?? spec?.jobTemplate?.spec?.template;
  return wishOf(metadata) === "yes" && wishOf(template?.metadata) === "silent";
}

function keyOf(kind: string, { namespace = "", name = "" }: V1ObjectMeta = {}): string {
  return `${namespace}/${kind}/${name}`;
}
