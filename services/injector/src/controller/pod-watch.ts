import type { V1Pod } from "@kubernetes/client-node";
import { INJECTED, STATUS, workloadOf, workloadText, type ObservedPod, type Workload } from "@heaphound/injection";
import { errorMessage, z, type Logger } from "@heaphound/service-kit";
import type { Cluster } from "../cluster/client.js";
import type { Quarantine } from "../cluster/quarantine.js";
import { Watched } from "../cluster/watched.js";
import { judge } from "./crash-guard.js";
import { tellOwner } from "./events.js";

export interface PodWatchOptions {
  cluster: Cluster;
  log: Logger;
  quarantine: Quarantine;
  /** May this replica write? */
  leads: () => boolean;
  onQuarantined: (namespace: string) => void;
}

const statusSchema = z.object({ containers: z.array(z.string()) });

/** Follows injected pods and takes workloads out that fail with us. */
export class PodWatch {
  private readonly pods: Watched<V1Pod>;

  constructor(private readonly options: PodWatchOptions) {
    const { cluster, log } = options;
    const labelSelector = `${INJECTED}=true`;
    this.pods = new Watched<V1Pod>({
      cluster,
      log,
      path: "/api/v1/pods",
      labelSelector,
      list: () => cluster.core.listPodForAllNamespaces({ labelSelector }),
      onChange: (pod, deleted) => {
        if (!deleted && options.leads()) void this.look(pod);
      },
    });
  }

  start(): Promise<void> {
    return this.pods.start();
  }

  stop(): Promise<void> {
    return this.pods.stop();
  }

  /** After this replica has become the leader: what happened before counts too. */
  lookAtAll(): void {
    for (const pod of this.pods.all()) void this.look(pod);
  }

  private async look(pod: V1Pod): Promise<void> {
    const observed = pod as unknown as ObservedPod;
    const verdict = judge(observed, containersOf(pod));
    const namespace = pod.metadata?.namespace;
    if (!verdict || namespace === undefined) return;
    try {
      await this.take({ pod, namespace, workload: workloadOf(observed), reason: verdict.reason });
    } catch (error) {
      this.options.log.warn({ namespace, pod: pod.metadata?.name, error: errorMessage(error) }, "not quarantined");
    }
  }

  private async take(found: { pod: V1Pod; namespace: string; workload: Workload; reason: string }): Promise<void> {
    const { pod, namespace, workload, reason } = found;
    const { quarantine, cluster, log, onQuarantined } = this.options;
    const entry = { reason, since: new Date().toISOString() };
    if (!(await quarantine.add(namespace, workload, entry))) return;
    const name = workloadText(workload);
    log.warn({ namespace, workload: name, reason }, "workload quarantined");
    onQuarantined(namespace);
    await tellOwner(cluster.core, pod, {
      reason: "HeaphoundQuarantined",
      message: `${reason}. New pods of ${name} are not profiled any more; this pod keeps the library until it is deleted. \`kubectl heaphound release ${name} -n ${namespace}\` lets the workload be injected again.`,
    });
  }
}

function containersOf(pod: V1Pod): string[] {
  try {
    return statusSchema.parse(JSON.parse(pod.metadata?.annotations?.[STATUS] ?? "{}")).containers;
  } catch {
    return []; // somebody else wrote the annotation
  }
}
