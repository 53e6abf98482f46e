import { byteSize, listenAddress, loadConfig, wholeNumber, z, type Environment } from "@heaphound/service-kit";

const schema = z.object({
  HEAPHOUND_LISTEN: listenAddress.default({ host: "127.0.0.1", port: 7412 }),
  HEAPHOUND_LOG_LEVEL: z.string().default("info"),
  HEAPHOUND_CLICKHOUSE_URL: z.url().default("http://127.0.0.1:7414"),
  HEAPHOUND_CLICKHOUSE_DATABASE: z.string().default("heaphound"),
  HEAPHOUND_CLICKHOUSE_USER: z.string().optional(),
  HEAPHOUND_CLICKHOUSE_PASSWORD: z.string().optional(),
  /** Who does not present it as a bearer token is turned away. Unset: no token is asked for. */
  HEAPHOUND_API_TOKEN: z.string().min(16).optional(),
  /** none, token, kubernetes or proxy; unset: token if there is one, else none. */
  HEAPHOUND_READERS: z.enum(["none", "token", "kubernetes", "proxy"]).optional(),
  HEAPHOUND_PROXY_SECRET: z.string().min(16).optional(),
  HEAPHOUND_PROXY_USER_HEADER: z.string().min(1).default("x-forwarded-user"),
  HEAPHOUND_PROXY_GROUPS_HEADER: z.string().min(1).default("x-forwarded-groups"),
  /** Stacks with their symbols that are kept in memory. */
  HEAPHOUND_API_CACHE: byteSize.default(256 * 2 ** 20),
  HEAPHOUND_API_MAX_REQUESTS: wholeNumber(1, 1000).default(32),
  HEAPHOUND_API_QUERY_SECONDS: wholeNumber(1, 3600).default(30),
  /** From this many events on the rollup is asked instead of single rows, where it can answer. */
  HEAPHOUND_API_USAGE_FROM_EVENTS: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(500_000),
  /** Events (heaptrack) or allocations (json) that an export reads at a time. */
  HEAPHOUND_API_EXPORT_SLICE: wholeNumber(1000, 100_000_000).default(1_000_000),
});

export type ApiConfig = z.output<typeof schema>;

/** Reads the configuration from the environment; throws a ConfigError that names every bad variable. */
export function readConfig(environment: Environment): ApiConfig {
  return loadConfig(schema, environment);
}
