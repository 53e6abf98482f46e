import {
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseSettings,
  type ClickHouseClientConfigOptions,
} from "@clickhouse/client";
import { Readable } from "node:stream";

export type { ClickHouseClient, ClickHouseSettings };

export interface ClickHouseOptions {
  url: string;
  /** Name of the part that asks; it becomes `log_comment` in `system.query_log` and part of the user agent. */
  service: string;
  database?: string;
  username?: string;
  password?: string;
  maxOpenConnections?: number;
  /** The server gives up on a query after this; the client waits a little longer, so that the server's error arrives. */
  maxExecutionSeconds?: number;
  /** Response compression. Pays over a network, costs on one machine: off unless told otherwise. */
  compressResponses?: boolean;
  settings?: ClickHouseSettings;
}

const CLIENT_GRACE_MS = 5_000;

/**
 * Without effect on one server. In a cluster an insert is over when the shards have the rows, not when they are queued for them
 * (an acknowledgement must mean stored), and a subquery looks at its own shard, where all rows of a process are.
 */
const IN_A_CLUSTER: ClickHouseSettings = { distributed_foreground_insert: 1, distributed_product_mode: "local" };

/** Every part opens its client here, so that limits, comments and connection handling are the same everywhere. */
export function createClickHouseClient(options: ClickHouseOptions): ClickHouseClient {
  const maxExecutionSeconds = options.maxExecutionSeconds ?? 60;
  const config: ClickHouseClientConfigOptions = {
    url: options.url,
    application: `heaphound-${options.service}`,
    database: options.database ?? "default",
    max_open_connections: options.maxOpenConnections ?? 10,
    request_timeout: maxExecutionSeconds * 1_000 + CLIENT_GRACE_MS,
    // Errors reach the caller, who logs what matters; the client's own log is text in the middle of our JSON lines.
    log: { level: ClickHouseLogLevel.OFF },
    compression: { response: options.compressResponses ?? false, request: false },
    // Long lists (the processes that are connected) do not fit into an address.
    use_multipart_params_auto: true,
    // Below the server's own limit (3 s by default), so that the client never writes into a socket that is being closed.
    keep_alive: { enabled: true, idle_socket_ttl: 2_500 },
    clickhouse_settings: {
      max_execution_time: maxExecutionSeconds,
      ...IN_A_CLUSTER,
      log_comment: options.service,
      ...options.settings,
    },
  };
  if (options.username !== undefined) config.username = options.username;
  if (options.password !== undefined) config.password = options.password;
  return createClient(config);
}

export interface BinaryInsert {
  table: string;
  columns: readonly string[];
  /** `Native` carries whole columns; `RowBinary` rows. */
  format: "Native" | "RowBinary" | "RowBinaryWithNamesAndTypes";
  /** The encoded body. Buffers are sent as they are: do not change them before the promise settles. */
  body: Buffer | readonly Buffer[] | Readable;
  /** The same token means the same rows: a second insert of it changes nothing. */
  deduplicationToken?: string;
  settings?: ClickHouseSettings;
  signal?: AbortSignal;
}

/** Inserts an encoded body. Resolves when the server has stored it. */
export async function insertBinary(client: ClickHouseClient, insert: BinaryInsert): Promise<void> {
  const columns = insert.columns.map(quoteIdentifier).join(", ");
  const token = insert.deduplicationToken;
  const result = await client.exec({
    query: `INSERT INTO ${insert.table} (${columns}) FORMAT ${insert.format}`,
    values: toReadable(insert.body),
    clickhouse_settings: {
      ...(token === undefined
        ? {}
        : { insert_deduplication_token: token, deduplicate_blocks_in_dependent_materialized_views: 1 }),
      ...insert.settings,
    },
    ...(insert.signal ? { abort_signal: insert.signal } : {}),
  });
  // The body of a finished insert is empty; it must be read to give the socket back.
  result.stream.resume();
}

/** An identifier as SQL text. */
export function quoteIdentifier(name: string): string {
  return "`" + name.replaceAll("\\", "\\\\").replaceAll("`", "\\`") + "`";
}

function toReadable(body: BinaryInsert["body"]): Readable {
  if (body instanceof Readable) return body;
  // In byte mode a stream of Buffers would be cut into small chunks; in object mode each goes out in one piece.
  return Readable.from(Buffer.isBuffer(body) ? [body] : body, { objectMode: true });
}
