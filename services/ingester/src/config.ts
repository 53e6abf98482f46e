import { hostname } from "node:os";
import {
  byteSize,
  ConfigError,
  flag,
  listenAddress,
  loadConfig,
  wholeNumber,
  z,
  type Environment,
  type ListenAddress,
} from "@heaphound/service-kit";
import type { CertificatePaths } from "./receive/certificates.js";

const schema = z.object({
  HEAPHOUND_LISTEN: listenAddress.default({ host: "127.0.0.1", port: 7411 }),
  HEAPHOUND_TLS_CERT_FILE: z.string().optional(),
  HEAPHOUND_TLS_KEY_FILE: z.string().optional(),
  HEAPHOUND_TLS_CLIENT_CA_FILE: z.string().optional(),
  HEAPHOUND_PLAINTEXT: flag.default(false),
  HEAPHOUND_HTTP_LISTEN: listenAddress.default({ host: "127.0.0.1", port: 7415 }),
  HEAPHOUND_LOG_LEVEL: z.string().default("info"),
  HEAPHOUND_CLICKHOUSE_URL: z.url().default("http://127.0.0.1:7414"),
  HEAPHOUND_CLICKHOUSE_DATABASE: z.string().default("heaphound"),
  HEAPHOUND_CLICKHOUSE_USER: z.string().optional(),
  HEAPHOUND_CLICKHOUSE_PASSWORD: z.string().optional(),
  /** Name of the cluster in ClickHouse's configuration; empty: a single server. */
  HEAPHOUND_CLICKHOUSE_CLUSTER: z
    .string()
    .regex(/^[\w-]*$/)
    .default(""),
  HEAPHOUND_BATCH_ROWS: wholeNumber(1, 5_000_000).default(400_000),
  HEAPHOUND_BATCH_BYTES: byteSize.default(48 * 1024 * 1024),
  HEAPHOUND_BATCH_MS: wholeNumber(1, 60_000).default(150),
  HEAPHOUND_BATCH_MAX_MS: wholeNumber(1, 60_000).default(1_000),
  HEAPHOUND_MAX_STREAMS: wholeNumber(1, 1_000_000).default(5_000),
  HEAPHOUND_HELLO_TIMEOUT_MS: wholeNumber(1, 600_000).default(10_000),
  HEAPHOUND_REFRESH_MS: wholeNumber(10, 600_000).default(5_000),
  /** kubernetes: only pods that present a token for our audience. none: anybody who reaches the port. */
  HEAPHOUND_AUTH: z.enum(["none", "kubernetes"]).default("none"),
  HEAPHOUND_TOKEN_AUDIENCE: z.string().min(1).default("heaphound"),
  /** NAMESPACE/SERVICEACCOUNT that may say how pods are: the injector's. */
  HEAPHOUND_FLEET_ACCOUNT: z
    .string()
    .regex(/^[a-z0-9.-]+\/[a-z0-9.-]+$/)
    .optional(),
  /** Limits of one namespace, 0: none. */
  HEAPHOUND_NAMESPACE_STREAMS: wholeNumber(0, 1_000_000).default(0),
  HEAPHOUND_NAMESPACE_BYTES_PER_SECOND: byteSize.default(0),
  /** 1: other ingesters write to the same database. */
  HEAPHOUND_SHARED_DATABASE: flag.default(false),
  /** Stays the same when this ingester is started again in the same place; by default the machine's name and the port. */
  HEAPHOUND_INGESTER_NAME: z.string().min(1).max(253).optional(),
  HEAPHOUND_FENCE_BEAT_MS: wholeNumber(10, 60_000).default(2_000),
  HEAPHOUND_FENCE_DEAD_MS: wholeNumber(100, 600_000).default(15_000),
  HEAPHOUND_SETTINGS_POLL_MS: wholeNumber(10, 600_000).default(1_000),
  HEAPHOUND_LOST_AFTER_MS: wholeNumber(100, 86_400_000).default(30_000),
});

/** Settings of the ingester; docs/ingester.md explains each. */
export interface IngesterConfig {
  listen: ListenAddress;
  tls?: CertificatePaths;
  plaintext: boolean;
  httpListen: ListenAddress;
  logLevel: string;
  clickhouse: { url: string; database: string; username?: string; password?: string };
  /** Empty: a single server. */
  cluster: string;
  batchRows: number;
  batchBytes: number;
  batchMs: number;
  maxBatchMs: number;
  maxStreams: number;
  helloTimeoutMs: number;
  refreshMs: number;
  settingsPollMs: number;
  lostAfterMs: number;
  /** Undefined: this is the only ingester of its database. */
  fence?: { name: string; beatMs: number; deadMs: number };
  auth: "none" | "kubernetes";
  audience: string;
  fleetAccount?: string;
  namespaceLimits: { streams: number; bytesPerSecond: number };
}

function fenceOf(env: z.output<typeof schema>): IngesterConfig["fence"] {
  if (!env.HEAPHOUND_SHARED_DATABASE) return undefined;
  const { HEAPHOUND_FENCE_BEAT_MS: beatMs, HEAPHOUND_FENCE_DEAD_MS: deadMs } = env;
  if (deadMs < 4 * beatMs)
    throw new ConfigError(
      `HEAPHOUND_FENCE_DEAD_MS (${deadMs}) is less than four times HEAPHOUND_FENCE_BEAT_MS (${beatMs})`,
      "Give an ingester time for some beats before others take it for dead.",
    );
  return { name: env.HEAPHOUND_INGESTER_NAME ?? `${hostname()}:${env.HEAPHOUND_LISTEN.port}`, beatMs, deadMs };
}

function tlsPaths(env: z.output<typeof schema>): CertificatePaths | undefined {
  const {
    HEAPHOUND_TLS_CERT_FILE: certFile,
    HEAPHOUND_TLS_KEY_FILE: keyFile,
    HEAPHOUND_TLS_CLIENT_CA_FILE: clientCaFile,
  } = env;
  if (certFile === undefined && keyFile === undefined && clientCaFile === undefined) return undefined;
  if (certFile === undefined || keyFile === undefined) {
    throw new ConfigError(
      "HEAPHOUND_TLS_CERT_FILE and HEAPHOUND_TLS_KEY_FILE are set together or not at all",
      "Name the PEM files of the server's certificate and of its key.",
    );
  }
  return { certFile, keyFile, ...(clientCaFile !== undefined && { clientCaFile }) };
}

/** Reads the environment; throws a ConfigError that names what is wrong. */
export function readConfig(environment: Environment): IngesterConfig {
  const env = loadConfig(schema, environment);
  const tls = tlsPaths(env);
  const fence = fenceOf(env);
  return {
    listen: env.HEAPHOUND_LISTEN,
    ...(tls && { tls }),
    ...(fence && { fence }),
    plaintext: env.HEAPHOUND_PLAINTEXT,
    httpListen: env.HEAPHOUND_HTTP_LISTEN,
    logLevel: env.HEAPHOUND_LOG_LEVEL,
    clickhouse: {
      url: env.HEAPHOUND_CLICKHOUSE_URL,
      database: env.HEAPHOUND_CLICKHOUSE_DATABASE,
      ...(env.HEAPHOUND_CLICKHOUSE_USER !== undefined && { username: env.HEAPHOUND_CLICKHOUSE_USER }),
      ...(env.HEAPHOUND_CLICKHOUSE_PASSWORD !== undefined && { password: env.HEAPHOUND_CLICKHOUSE_PASSWORD }),
    },
    cluster: env.HEAPHOUND_CLICKHOUSE_CLUSTER,
    batchRows: env.HEAPHOUND_BATCH_ROWS,
    batchBytes: env.HEAPHOUND_BATCH_BYTES,
    batchMs: env.HEAPHOUND_BATCH_MS,
    maxBatchMs: Math.max(env.HEAPHOUND_BATCH_MS, env.HEAPHOUND_BATCH_MAX_MS),
    maxStreams: env.HEAPHOUND_MAX_STREAMS,
    helloTimeoutMs: env.HEAPHOUND_HELLO_TIMEOUT_MS,
    refreshMs: env.HEAPHOUND_REFRESH_MS,
    settingsPollMs: env.HEAPHOUND_SETTINGS_POLL_MS,
    lostAfterMs: env.HEAPHOUND_LOST_AFTER_MS,
    auth: env.HEAPHOUND_AUTH,
    audience: env.HEAPHOUND_TOKEN_AUDIENCE,
    ...(env.HEAPHOUND_FLEET_ACCOUNT !== undefined && { fleetAccount: env.HEAPHOUND_FLEET_ACCOUNT }),
    namespaceLimits: {
      streams: env.HEAPHOUND_NAMESPACE_STREAMS,
      bytesPerSecond: env.HEAPHOUND_NAMESPACE_BYTES_PER_SECOND,
    },
  };
}
