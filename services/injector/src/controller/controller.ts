import { setTimeout as sleep } from "node:timers/promises";
import { containersOf, type InjectionSettings, type Namespace, type Pod } from "@heaphound/injection";
import { errorMessage, type Logger } from "@heaphound/service-kit";
import type { Cluster } from "../cluster/client.js";
import type { Quarantine } from "../cluster/quarantine.js";
import type { InjectorMetrics } from "../metrics.js";
import { Arrivals } from "./arrivals.js";
import { coverageOf, type CoverageRow } from "./coverage.js";
import { CrashWatch } from "./crash-watch.js";
import { endsOf } from "./ends.js";
import { tellOwner } from "./events.js";
import type { FleetClient } from "./fleet-client.js";
import { FleetWatch } from "./fleet-watch.js";
import { GapEvents } from "./gap-events.js";
import { Outbox } from "./outbox.js";
import type { PodFacts } from "./pod-facts.js";

export interface ControllerOptions {
  cluster: Cluster;
  log: Logger;
  metrics: InjectorMetrics;
  quarantine: Quarantine;
  fleet: FleetClient;
  everyMs: number;
  settings: () => InjectionSettings;
  namespaceOf: (name: string) => Namespace | undefined;
}

/**
 * What only the leader does: it follows the pods that somebody asked profiles of, takes failing workloads out, and every few
 * seconds judges how all of them are covered and has it stored. While the ingester is away Kubernetes' side goes on.
 */
export class Controller {
  private readonly stopping = new AbortController();
  private readonly watch: FleetWatch;
  private readonly crashes: CrashWatch;
  private readonly arrivals = new Arrivals();
  private readonly outbox = new Outbox();
  private readonly gaps = new GapEvents();
  private running: Promise<void> | undefined;

  constructor(private readonly options: ControllerOptions) {
    const { cluster, log, metrics, quarantine, namespaceOf } = options;
    this.crashes = new CrashWatch({
      cluster,
      log,
      quarantine,
      onQuarantined: (namespace) => metrics.countQuarantined(namespace),
    });
    this.watch = new FleetWatch({ cluster, log, namespaceOf, onPod: (pod) => this.saw(pod) });
  }

  start(): void {
    this.watch.start();
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.watch.stop();
    await this.running;
  }

  namespaceChanged(namespace: Namespace): void {
    this.watch.namespaceChanged(namespace);
  }

  /** A pod's last words come with its deletion too. */
  private saw(pod: PodFacts): void {
    this.outbox.addEnds(endsOf(pod));
    void this.crashes.look(pod);
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    while (!signal.aborted) {
      if (this.watch.synced) await this.round();
      await sleep(this.options.everyMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async round(): Promise<void> {
    const { log, metrics, fleet } = this.options;
    const pods = this.watch.all();
    let rows: CoverageRow[] = [];
    try {
      await fleet.round(async (calls) => {
        await this.arrivals.ask(calls, pods, containersOf);
        rows = this.judge(pods);
        await this.outbox.send(calls, rows, Date.now());
      });
    } catch (error) {
      metrics.countCoverageFailure();
      log.warn({ error: errorMessage(error) }, "coverage not stored, trying again");
      rows = this.judge(pods);
    }
    metrics.setCoverage(rows);
    await this.tell(rows);
  }

  private judge(pods: readonly PodFacts[]): CoverageRow[] {
    const { settings, namespaceOf, quarantine } = this.options;
    const nowMs = Date.now();
    return pods.flatMap((pod) =>
      coverageOf(pod, {
        settings: settings(),
        namespace: namespaceOf(pod.namespace) ?? { name: pod.namespace },
        quarantine: quarantine.reasonOf(pod.namespace, pod satisfies Pod),
        workloadAsks: this.watch.workloadAsks(pod),
        arrivals: this.arrivals.of(pod),
        refusal: this.arrivals.refusalOf(pod, nowMs),
        nowMs,
      }),
    );
  }

  private async tell(rows: readonly CoverageRow[]): Promise<void> {
    const { cluster, log } = this.options;
    for (const { row, message } of this.gaps.choose(rows, Date.now())) {
      try {
        await tellOwner(cluster, row.pod, { reason: "HeaphoundNotReporting", message });
      } catch (error) {
        log.warn({ namespace: row.pod.namespace, pod: row.pod.name, error: errorMessage(error) }, "no event written");
      }
    }
  }
}
