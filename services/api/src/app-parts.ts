import { Health, Metrics, type ClickHouseClient, type Logger } from "@heaphound/service-kit";
import type { ApiConfig } from "./config.js";
import { Database } from "./database/database.js";
import { QueryMetrics } from "./database/query-metrics.js";

/** What the service is made from. */
export interface AppParts {
  config: ApiConfig;
  log: Logger;
  database: Database;
  health: Health;
  metrics: Metrics;
}

/** The parts around a database client. */
export function appParts(given: { config: ApiConfig; log: Logger; client: ClickHouseClient }): AppParts {
  const { config, log, client } = given;
  const metrics = new Metrics({ service: "api", processMetrics: true });
  const database = new Database(client, new QueryMetrics(metrics));
  const health = new Health();
  health.addReadiness("clickhouse", () => database.ping());
  return { config, log, database, health, metrics };
}
