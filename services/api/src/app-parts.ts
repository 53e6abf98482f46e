import { KubernetesReviewer, type Reviewer } from "@heaphound/identity";
import { ConfigError, Health, Metrics, type ClickHouseClient, type Logger } from "@heaphound/service-kit";
import type { ApiConfig } from "./config.js";
import { Database } from "./database/database.js";
import { NamespaceScope } from "./identity/namespace-scope.js";
import type { ReadersMode } from "./identity/readers.js";
import { QueryMetrics } from "./database/query-metrics.js";

/** What the service is made from. */
export interface AppParts {
  config: ApiConfig;
  log: Logger;
  database: Database;
  health: Health;
  metrics: Metrics;
  readers: ReadersMode;
}

export interface AppOptions {
  config: ApiConfig;
  log: Logger;
  client: ClickHouseClient;
  /** Instead of the API server of the cluster that this runs in. */
  reviewer?: Reviewer;
}

/** The parts around a database client. */
export function appParts(given: AppOptions): AppParts {
  const { config, log, client } = given;
  const metrics = new Metrics({ service: "api", processMetrics: true });
  const database = new Database(client, new QueryMetrics(metrics));
  const health = new Health();
  health.addReadiness("clickhouse", () => database.ping());
  return { config, log, database, health, metrics, readers: readersOf(config, database, given.reviewer) };
}

/** Throws ConfigError when something that the mode needs is missing. */
function readersOf(config: ApiConfig, database: Database, given: Reviewer | undefined): ReadersMode {
  const { HEAPHOUND_READERS: mode, HEAPHOUND_API_TOKEN: token, HEAPHOUND_PROXY_SECRET: secret } = config;
  const reviewer = (): Reviewer => given ?? new KubernetesReviewer();
  switch (mode ?? (token === undefined ? "none" : "token")) {
    case "none":
      return { mode: "none" };
    case "token":
      if (token === undefined) throw needed("HEAPHOUND_API_TOKEN");
      return { mode: "token", token };
    case "kubernetes": {
      const asked = reviewer();
      return { mode: "kubernetes", reviewer: asked, scope: new NamespaceScope(database, asked) };
    }
    case "proxy":
      if (secret === undefined) throw needed("HEAPHOUND_PROXY_SECRET");
      return {
        mode: "proxy",
        secret,
        userHeader: config.HEAPHOUND_PROXY_USER_HEADER,
        groupsHeader: config.HEAPHOUND_PROXY_GROUPS_HEADER,
        scope: new NamespaceScope(database, reviewer()),
      };
  }
}

function needed(name: string): ConfigError {
  return new ConfigError(`${name} is not set`, "HEAPHOUND_READERS asks for it.");
}
