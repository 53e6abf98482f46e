import { createLogger, Shutdown } from "@heaphound/service-kit";
import { connectCluster } from "./cluster/client.js";
import { readConfig } from "./config.js";
import { Injector } from "./injector.js";

/** Starts the injector. It answers reviews as soon as it has a certificate, and never needs another service to do so. */
async function main(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLogger({ service: "injector", level: config.HEAPHOUND_LOG_LEVEL });
  const drainMs = config.HEAPHOUND_DRAIN_SECONDS * 1000;
  const shutdown = new Shutdown({ log, deadlineMs: drainMs + 10_000 }).onSignals();
  const injector = new Injector({ config, log, cluster: connectCluster() });
  shutdown.add("injector", () => injector.stop());
  await injector.start();
}

await main();
