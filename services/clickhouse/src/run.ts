import { AppError, createLogger, Shutdown } from "@heaphound/service-kit";
import { readConfig } from "./config.js";
import { startService } from "./service.js";

/** The program: reads the environment, serves until a signal. */
export async function run(): Promise<void> {
  const log = createLogger({ service: "clickhouse", level: process.env["HEAPHOUND_LOG_LEVEL"] ?? "info" });
  try {
    const config = readConfig(process.env);
    const service = await startService(config, log);
    const shutdown = new Shutdown({ log }).onSignals();
    shutdown.add("service", () => service.close());
    log.info({ url: service.url, version: service.version, dataDir: config.dataDir }, "listening");
  } catch (error) {
    if (error instanceof AppError) log.fatal({ code: error.code, advice: error.advice }, error.message);
    else log.fatal({ error }, "could not start");
    process.exit(1);
  }
}
