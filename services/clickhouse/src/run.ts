import { AppError, createLogger, Shutdown } from "@heaphound/service-kit";
import { readConfig } from "./config.js";
import { startService } from "./service.js";

/** The program: reads the environment, serves until a signal. */
export async function run(): Promise<void> {
  const log = createLogger({ service: "clickhouse", level: process.env.HEAPHOUND_LOG_LEVEL ?? "info" });
  try {
    const config = readConfig(process.env);
    const service = await startService(config, log);
    const shutdown = new Shutdown({ log, exit: endProcess }).onSignals();
    shutdown.add("service", () => service.close());
    if (process.env.HEAPHOUND_EXIT_WITH_STDIN === "1") {
      // For tests: a parent that dies takes its database with it.
      process.stdin.resume().once("end", () => void shutdown.run("standard input closed"));
    }
    log.info({ url: service.url, version: service.version, dataDir: config.dataDir }, "listening");
  } catch (error) {
    if (error instanceof AppError) log.fatal({ code: error.code, advice: error.advice }, error.message);
    else log.fatal({ error }, "could not start");
    process.exit(1);
  }
}

/** An orderly exit would wait for queries that did not end by the deadline. The data are safe: this is what SIGKILL does. */
function endProcess(code: number): void {
  if (code === 0) process.exit(0);
  process.kill(process.pid, "SIGKILL");
}
