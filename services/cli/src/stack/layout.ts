import { join } from "node:path";
import { installation } from "../paths.js";
import type { Ports } from "./ports.js";
import type { ServiceSpec } from "./service.js";
import type { StackUrls } from "./state.js";

/** In the order in which they start: each needs those before it. */
export const serviceNames = ["clickhouse", "ingester", "api", "gui"] as const;
export type ServiceName = (typeof serviceNames)[number];

const local = (port: number): string => `127.0.0.1:${port}`;

export function urlsOf(ports: Ports): StackUrls {
  return {
    grpc: local(ports.grpc),
    ingester: `http://${local(ports.ingester)}`,
    api: `http://${local(ports.api)}`,
    gui: `http://${local(ports.gui)}`,
    clickhouse: `http://${local(ports.clickhouse)}`,
  };
}

/** The profiled program comes first: on a machine that it keeps busy, storing what it did can wait. */
const niceness: Record<ServiceName, number> = { clickhouse: 19, ingester: 19, api: 0, gui: 0 };

/** How each service is started: its script, its settings, and the address that says that it is ready. */
export function specOf(name: ServiceName, ports: Ports, dataDir: string): ServiceSpec {
  const urls = urlsOf(ports);
  const database = { HEAPHOUND_CLICKHOUSE_URL: urls.clickhouse, HEAPHOUND_CLICKHOUSE_DATABASE: "heaphound" };
  const parts: Record<ServiceName, Pick<ServiceSpec, "script" | "environment" | "readyUrl">> = {
    clickhouse: {
      script: "services/clickhouse/dist/main.js",
      environment: { HEAPHOUND_DATA_DIR: join(dataDir, "clickhouse"), HEAPHOUND_LISTEN: local(ports.clickhouse) },
      readyUrl: `${urls.clickhouse}/ping`,
    },
    ingester: {
      script: "services/ingester/dist/main.js",
      environment: {
        ...database,
        HEAPHOUND_LISTEN: local(ports.grpc),
        HEAPHOUND_HTTP_LISTEN: local(ports.ingester),
        // Files that the symbolizer keeps are in binaries/ below it.
        HEAPHOUND_DATA_DIR: dataDir,
        // Programs run on this machine, so their binaries need not be uploaded to be read.
        HEAPHOUND_LOCAL_BINARIES: "1",
      },
      readyUrl: `${urls.ingester}/readyz`,
    },
    api: {
      script: "services/api/dist/main.js",
      environment: { ...database, HEAPHOUND_LISTEN: local(ports.api) },
      readyUrl: `${urls.api}/readyz`,
    },
    gui: {
      script: "services/gui/bin/start.mjs",
      environment: { HEAPHOUND_API_URL: urls.api, HEAPHOUND_LISTEN: local(ports.gui) },
      readyUrl: `${urls.gui}/`,
    },
  };
  const part = parts[name];
  return {
    name,
    niceness: niceness[name],
    ...part,
    script: join(installation, part.script),
    logFile: join(dataDir, "logs", `${name}.log`),
  };
}
