import {
  createClickHouseClient,
  createLogger,
  errorMessage,
  Health,
  Metrics,
  type ClickHouseClient,
  type Environment,
  type Logger,
} from "@heaphound/service-kit";
import type { IngesterConfig } from "./config.js";
import { Fence } from "./fence/fence.js";
import { KubernetesReviewer } from "@heaphound/identity";
import { fleetGuard } from "./fleet/fleet-guard.js";
import { fleetService, type GrpcService } from "./fleet/fleet-service.js";
import { FleetStore } from "./fleet/fleet-store.js";
import { Refusals } from "./fleet/refusals.js";
import { NamespaceQuota } from "./identity/namespace-quota.js";
import { kubernetesGuard, openToAll, type StreamGuard } from "./identity/stream-guard.js";
import { IngesterMetrics } from "./metrics.js";
import { Sessions } from "./receive/sessions.js";
import { Leftovers } from "./store/leftovers.js";
import { markLostProcesses } from "./store/lost.js";
import { Writer } from "./store/writer.js";
import type { Symbols, SymbolsContext } from "./symbols.js";

const SERVICE = "ingester";

/** Of the ten seconds that a service has to stop. */
const FLUSH_DEADLINE_MS = 7_000;

const NS_PER_MS = 1_000_000n;

/** The parts of an ingester, put together; main.ts gives them to Nest. */
export class Ingester {
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly health = new Health();
  readonly sessions: Sessions;
  readonly fleet: GrpcService;
  private readonly counters: IngesterMetrics;
  private readonly client: ClickHouseClient;
  private readonly writer: Writer;
  private readonly fence: Fence | undefined;
  private lostTimer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly config: IngesterConfig,
    parts: { client: ClickHouseClient; log: Logger; metrics: Metrics; symbols: Symbols },
  ) {
    const { client, log, metrics } = parts;
    this.client = client;
    this.log = log;
    this.metrics = metrics;
    this.symbols = parts.symbols;
    this.counters = new IngesterMetrics(metrics);
    this.fence = config.fence && this.makeFence(config.fence);
    const { batchRows, batchBytes, batchMs, maxBatchMs } = config;
    this.writer = new Writer({
      client,
      database: config.clickhouse.database,
      batchRows,
      batchBytes,
      batchMs,
      maxBatchMs,
      metrics: this.counters,
      log,
      confirm: () => this.fence?.confirm() ?? Promise.resolve(),
    });
    this.measureQueue();
    const refusals = new Refusals();
    const guard = guardOf(config);
    this.fleet = fleetService({
      guard: fleetGuard(guard, config.fleetAccount),
      store: new FleetStore(client),
      refusals,
      log,
    });
    const { maxStreams, helloTimeoutMs, refreshMs, settingsPollMs } = config;
    this.sessions = new Sessions({
      client,
      leftovers: new Leftovers(client, SERVICE, config.cluster),
      cluster: config.cluster,
      writer: this.writer,
      symbols: parts.symbols,
      metrics: this.counters,
      log,
      maxStreams,
      helloTimeoutMs,
      refreshMs,
      settingsPollMs,
      guard,
      quota: new NamespaceQuota(config.namespaceLimits),
      fence: this.fence,
      refusals,
    });
    this.health.addReadiness("clickhouse", (signal) => this.checkDatabase(signal));
  }

  private readonly symbols: Symbols;

  /** How far ClickHouse is behind. */
  private measureQueue(): void {
    const { metrics, writer } = this;
    metrics.gauge("ingester_waiting_rows", "Rows that ClickHouse has not confirmed yet.", [], function () {
      this.set(writer.waitingRows);
    });
    metrics.gauge("ingester_waiting_streams", "Streams that wait because two batches are full.", [], function () {
      this.set(writer.waitingStreams);
    });
  }

  static async create(
    config: IngesterConfig,
    environment: Environment,
    startSymbols: (context: SymbolsContext) => Promise<Symbols>,
  ): Promise<Ingester> {
    const log = createLogger({ service: SERVICE, level: config.logLevel });
    const metrics = new Metrics({ service: SERVICE, processMetrics: true });
    const client = createClickHouseClient({ ...config.clickhouse, service: SERVICE, maxExecutionSeconds: 120 });
    const symbols = await startSymbols({ client, environment, log, metrics });
    return new Ingester(config, { client, log, metrics, symbols });
  }

  /** Begins to look for lost processes, and for settings of those that run. */
  start(): void {
    this.fence?.start();
    this.sessions.start();
    this.lostTimer = setInterval(() => void this.findLost(), this.config.lostAfterMs / 3);
  }

  async stop(): Promise<void> {
    this.health.beginShutdown();
    clearInterval(this.lostTimer);
    await this.sessions.stop(FLUSH_DEADLINE_MS);
    await this.fence?.stop();
    await this.symbols.stop();
    await this.client.close();
  }

  private makeFence(settings: NonNullable<IngesterConfig["fence"]>): Fence {
    return new Fence({
      ...settings,
      client: this.client,
      log: this.log,
      leftovers: () => new Leftovers(this.client, SERVICE, this.config.cluster),
      waiting: () => this.sessions.waiting,
      letGo: (process) => this.sessions.letGo(process),
      // Nothing is lost: what was not stored was not acknowledged, and is sent again to whoever has taken over.
      onFenced: () => process.exit(1),
    });
  }

  private async checkDatabase(signal: AbortSignal): Promise<void> {
    if (this.writer.failure !== null) throw new Error(this.writer.failure);
    const result = await this.client.query({
      query: "EXISTS TABLE blocks",
      format: "TabSeparated",
      abort_signal: signal,
    });
    if ((await result.text()).trim() !== "1") throw new Error("the tables are missing: run the migrations");
  }

  private async findLost(): Promise<void> {
    const nowNs = BigInt(Date.now()) * NS_PER_MS;
    try {
      const lost = await markLostProcesses(this.client, {
        nowNs,
        beforeNs: nowNs - BigInt(this.config.lostAfterMs) * NS_PER_MS,
        connected: this.sessions.processes,
      });
      if (lost === 0) return;
      this.counters.lost.inc(lost);
      this.log.info({ processes: lost }, "processes were lost: their streams stayed away");
    } catch (error) {
      this.log.warn({ error: errorMessage(error) }, "could not look for lost processes, trying again later");
    }
  }
}

function guardOf({ auth, audience }: IngesterConfig): StreamGuard {
  return auth === "kubernetes" ? kubernetesGuard(new KubernetesReviewer(), audience) : openToAll;
}
