import { createClickHouseClient, createLogger, Shutdown } from "@heaphound/service-kit";
import { createApp } from "./app.js";
import { appParts } from "./app-parts.js";
import { readConfig } from "./config.js";

/** Starts the API and says where it listens. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLogger({ service: "api", level: config.HEAPHOUND_LOG_LEVEL });
  const client = createClickHouseClient({
    url: config.HEAPHOUND_CLICKHOUSE_URL,
    service: "api",
    database: config.HEAPHOUND_CLICKHOUSE_DATABASE,
    maxExecutionSeconds: config.HEAPHOUND_API_QUERY_SECONDS,
    maxOpenConnections: config.HEAPHOUND_API_MAX_REQUESTS * 2,
    ...(config.HEAPHOUND_CLICKHOUSE_USER === undefined ? {} : { username: config.HEAPHOUND_CLICKHOUSE_USER }),
    ...(config.HEAPHOUND_CLICKHOUSE_PASSWORD === undefined ? {} : { password: config.HEAPHOUND_CLICKHOUSE_PASSWORD }),
  });
  const parts = appParts({ config, log, client });
  const app = await createApp(parts);
  const { host, port } = config.HEAPHOUND_LISTEN;
  const shutdown = new Shutdown({ log }).onSignals();
  shutdown.add("clickhouse", () => client.close());
  shutdown.add("http", () => {
    parts.health.beginShutdown();
    return app.close();
  });
  await app.listen(port, host);
  log.info({ url: await app.getUrl() }, "listening");
}

await main();
