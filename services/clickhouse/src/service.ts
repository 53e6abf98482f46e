import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { join, resolve } from "node:path";
import { Metrics, type Logger } from "@heaphound/service-kit";
import type { ServiceConfig } from "./config.js";
import { Engine } from "./engine/engine.js";
import { Fifos } from "./engine/fifos.js";
import { Slots } from "./engine/slots.js";
import { Spool } from "./engine/spool.js";
import { QueryHandler } from "./http/handler.js";
import { createHttpServer, listen } from "./http/server.js";

export interface RunningService {
  url: string;
  version: string;
  close(): Promise<void>;
}

const CLOSE_GRACE_MS = 5_000;

/** Opens the engine and serves it. */
export async function startService(config: ServiceConfig, log: Logger): Promise<RunningService> {
  const dataDir = resolve(config.dataDir);
  const engine = await Engine.open(join(dataDir, "clickhouse"));
  // From here on the engine's lock is ours: what an earlier process left in these directories is garbage.
  const runDir = join(dataDir, "run");
  const memoryDir = join(
    config.spoolDir,
    `heaphound-${createHash("sha256").update(dataDir).digest("hex").slice(0, 16)}`,
  );
  for (const directory of [runDir, memoryDir]) {
    await rm(directory, { recursive: true, force: true });
    await mkdir(directory, { recursive: true, mode: 0o700 });
  }
  const spool = new Spool({
    memoryDir,
    memoryBytes: config.spoolMemoryBytes,
    diskDir: runDir,
    maxBodyBytes: config.maxBodyBytes,
  });
  const slots = new Slots(config.maxQueries, config.maxWaiting);
  const metrics = createMetrics(slots, spool);
  const handler = new QueryHandler({
    engine,
    fifos: new Fifos(runDir),
    spool,
    slots,
    log,
    user: config.user,
    password: config.password,
    onQuery: metrics.onQuery,
  });
  const server = createHttpServer(handler, metrics.metrics, log);
  const url = await listen(server, config.listen.host, config.listen.port);
  return {
    url,
    version: engine.version,
    close: async () => {
      await closeServer(server);
      await engine.close();
      for (const directory of [runDir, memoryDir]) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Takes no new requests, lets the running ones end for a while, then drops their connections (which kills them). */
async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((done) => server.close(() => done()));
  server.closeIdleConnections();
  const grace = setTimeout(() => server.closeAllConnections(), CLOSE_GRACE_MS);
  await closed;
  clearTimeout(grace);
}

function createMetrics(
  slots: Slots,
  spool: Spool,
): { metrics: Metrics; onQuery: (kind: string, code: number, seconds: number) => void } {
  const metrics = new Metrics({ service: "clickhouse", processMetrics: true });
  const seconds = metrics.histogram(
    "clickhouse_query_seconds",
    "Time from request to answer.",
    [0.005, 0.02, 0.1, 0.5, 2, 10, 60],
    ["kind"],
  );
  const errors = metrics.counter("clickhouse_errors_total", "Queries that failed, by ClickHouse's code.", ["code"]);
  metrics.gauge("clickhouse_running_queries", "Queries that the engine runs now.", [], function () {
    this.set(slots.active);
  });
  metrics.gauge("clickhouse_waiting_queries", "Queries that wait for a free slot.", [], function () {
    this.set(slots.waiting);
  });
  metrics.gauge("clickhouse_spool_memory_bytes", "Bodies of inserts held in memory.", [], function () {
    this.set(spool.memoryBytesUsed);
  });
  return {
    metrics,
    onQuery: (kind, code, elapsed) => {
      seconds.observe({ kind }, elapsed);
      if (code !== 0) errors.inc({ code: String(code) });
    },
  };
}
