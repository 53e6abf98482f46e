import type { V1ConfigMap } from "@kubernetes/client-node";
import { workloadOf, type Pod, type Workload } from "@heaphound/injection";
import { hasStatus, orNone, type Cluster } from "./client.js";
import { Watched } from "./watched.js";
import { z, type Logger } from "@heaphound/service-kit";

/** The ConfigMap in Heaphound's namespace, an entry per workload; deleting an entry by hand releases it too. */
export const QUARANTINE = "heaphound-quarantine";

const entrySchema = z.object({ reason: z.string(), since: z.string() });
export type QuarantineEntry = z.output<typeof entrySchema>;

/** "shop.Deployment.web": characters that a ConfigMap's keys may have. */
export function quarantineKey(namespace: string, { kind, name }: Workload): string {
  return `${namespace}.${kind}.${name}`;
}

/** Workloads that are not injected any more, because they failed with it. All replicas read it, the leader writes. */
export class Quarantine {
  private readonly watched: Watched<V1ConfigMap, Record<string, string>>;

  constructor(
    private readonly cluster: Cluster,
    private readonly namespace: string,
    log: Logger,
  ) {
    this.watched = new Watched({
      cluster,
      log,
      path: `/api/v1/namespaces/${namespace}/configmaps`,
      list: (page) => cluster.core.listNamespacedConfigMap({ namespace, ...page }),
      labelSelector: "app.kubernetes.io/component=quarantine",
      keep: ({ data = {} }) => data,
      keyOf: ({ metadata }) => metadata?.name ?? "",
    });
  }

  start(): Promise<void> {
    return this.watched.start();
  }

  stop(): Promise<void> {
    return this.watched.stop();
  }

  /** Why the workload of this pod is quarantined; undefined: it is not. */
  reasonOf(namespace: string, pod: Pod): string | undefined {
    const text = this.watched.get(QUARANTINE)?.[quarantineKey(namespace, workloadOf(pod))];
    return text === undefined ? undefined : reasonIn(text);
  }

  /** Adds an entry. An entry that is there stays as it is. False when it was there. */
  async add(namespace: string, workload: Workload, entry: QuarantineEntry): Promise<boolean> {
    const key = quarantineKey(namespace, workload);
    return this.change((data) => {
      if (data[key] !== undefined) return false;
      data[key] = JSON.stringify(entry);
      return true;
    });
  }

  /** False when the workload was not quarantined. */
  async release(namespace: string, workload: Workload): Promise<boolean> {
    const key = quarantineKey(namespace, workload);
    return this.change((data) => {
      if (data[key] === undefined) return false;
      data[key] = undefined;
      return true;
    });
  }

  private async change(edit: (data: Record<string, string | undefined>) => boolean): Promise<boolean> {
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.changeOnce(edit);
      } catch (error) {
        if (!hasStatus(error, 409) || attempt === MAX_ATTEMPTS) throw error;
      }
    }
  }

  private async changeOnce(edit: (data: Record<string, string | undefined>) => boolean): Promise<boolean> {
    const { core } = this.cluster;
    const { namespace } = this;
    const present = await orNone(core.readNamespacedConfigMap({ name: QUARANTINE, namespace }));
    const data: Record<string, string | undefined> = { ...present?.data };
    if (!edit(data)) return false;
    const kept = Object.fromEntries(
      Object.entries(data).filter((pair): pair is [string, string] => pair[1] !== undefined),
    );
    if (present)
      await core.replaceNamespacedConfigMap({ name: QUARANTINE, namespace, body: { ...present, data: kept } });
    else await core.createNamespacedConfigMap({ namespace, body: { metadata: METADATA, data: kept } });
    return true;
  }
}

const MAX_ATTEMPTS = 5;
const METADATA = {
  name: QUARANTINE,
  labels: { "app.kubernetes.io/part-of": "heaphound", "app.kubernetes.io/component": "quarantine" },
};

/** An entry that a person wrote counts, in whatever form. */
function reasonIn(text: string): string {
  try {
    return entrySchema.parse(JSON.parse(text)).reason;
  } catch {
    return text.slice(0, 200);
  }
}
