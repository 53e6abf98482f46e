import { byteSize, listenAddress, loadConfig, wholeNumber, z, type Environment } from "@heaphound/service-kit";
import { ConfigError } from "@heaphound/service-kit";

const schema = z.object({
  HEAPHOUND_DATA_DIR: z.string().min(1),
  HEAPHOUND_LISTEN: listenAddress.prefault("127.0.0.1:7414"),
  HEAPHOUND_LOG_LEVEL: z.enum(["error", "warn", "info", "debug"]).default("info"),
  HEAPHOUND_CLICKHOUSE_USER: z.string().default("default"),
  HEAPHOUND_CLICKHOUSE_PASSWORD: z.string().default(""),
  HEAPHOUND_CLICKHOUSE_MAX_QUERIES: wholeNumber(1, 256).default(32),
  HEAPHOUND_CLICKHOUSE_MAX_WAITING: wholeNumber(0, 10_000).default(256),
  HEAPHOUND_CLICKHOUSE_MAX_BODY: byteSize.prefault("1GiB"),
  HEAPHOUND_CLICKHOUSE_SPOOL_DIR: z.string().default("/dev/shm"),
  HEAPHOUND_CLICKHOUSE_SPOOL_MEMORY: byteSize.prefault("256MiB"),
});

export interface ServiceConfig {
  dataDir: string;
  listen: { host: string; port: number };
  logLevel: string;
  user: string;
  password: string;
  maxQueries: number;
  maxWaiting: number;
  maxBodyBytes: number;
  spoolDir: string;
  spoolMemoryBytes: number;
}

/** Reads `HEAPHOUND_*`. Without a password only this machine may connect. */
export function readConfig(environment: Environment): ServiceConfig {
  const values = loadConfig(schema, environment);
  const { host } = values.HEAPHOUND_LISTEN;
  const local = host === "localhost" || host === "::1" || host.startsWith("127.");
  if (!local && values.HEAPHOUND_CLICKHOUSE_PASSWORD === "") {
    throw new ConfigError(
      `refusing to listen on ${host} without a password`,
      "Set HEAPHOUND_CLICKHOUSE_PASSWORD, or listen on 127.0.0.1.",
    );
  }
  return {
    dataDir: values.HEAPHOUND_DATA_DIR,
    listen: values.HEAPHOUND_LISTEN,
    logLevel: values.HEAPHOUND_LOG_LEVEL,
    user: values.HEAPHOUND_CLICKHOUSE_USER,
    password: values.HEAPHOUND_CLICKHOUSE_PASSWORD,
    maxQueries: values.HEAPHOUND_CLICKHOUSE_MAX_QUERIES,
    maxWaiting: values.HEAPHOUND_CLICKHOUSE_MAX_WAITING,
    maxBodyBytes: values.HEAPHOUND_CLICKHOUSE_MAX_BODY,
    spoolDir: values.HEAPHOUND_CLICKHOUSE_SPOOL_DIR,
    spoolMemoryBytes: values.HEAPHOUND_CLICKHOUSE_SPOOL_MEMORY,
  };
}
