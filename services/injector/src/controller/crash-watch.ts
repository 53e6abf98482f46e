import { containersOf, INJECTED, workloadOf, workloadText } from "@heaphound/injection";
import { errorMessage, type Logger } from "@heaphound/service-kit";
import type { Cluster } from "../cluster/client.js";
import type { Quarantine } from "../cluster/quarantine.js";
import { judge } from "./crash-guard.js";
import { tellOwner } from "./events.js";
import type { PodFacts } from "./pod-facts.js";

export interface CrashWatchOptions {
  cluster: Cluster;
  log: Logger;
  quarantine: Quarantine;
  onQuarantined: (namespace: string) => void;
}

/** Looks at injected pods and takes workloads out that fail with us. */
export class CrashWatch {
  constructor(private readonly options: CrashWatchOptions) {}

  /** Never rejects. */
  async look(pod: PodFacts): Promise<void> {
    if (pod.metadata?.labels?.[INJECTED] !== "true") return;
    const verdict = judge(pod, containersOf(pod), Date.now() - pod.createdMs);
    if (!verdict) return;
    try {
      await this.take(pod, verdict.reason);
    } catch (error) {
      const { namespace, name } = pod;
      this.options.log.warn({ namespace, pod: name, error: errorMessage(error) }, "not quarantined");
    }
  }

  private async take(pod: PodFacts, reason: string): Promise<void> {
    const { quarantine, cluster, log, onQuarantined } = this.options;
    const { namespace } = pod;
    const workload = workloadOf(pod);
    if (!(await quarantine.add(namespace, workload, { reason, since: new Date().toISOString() }))) return;
    const name = workloadText(workload);
    log.warn({ namespace, workload: name, reason }, "workload quarantined");
    onQuarantined(namespace);
    await tellOwner(cluster, pod, {
      reason: "HeaphoundQuarantined",
      message: `${reason}. New pods of ${name} are not profiled any more; this pod keeps the library until it is deleted. \`kubectl heaphound release ${name} -n ${namespace}\` lets the workload be injected again.`,
    });
  }
}
