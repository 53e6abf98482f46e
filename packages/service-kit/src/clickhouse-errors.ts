import { ClickHouseError } from "@clickhouse/client";

/**
 * - `retry`: the same request may succeed later, unchanged (the server is away, busy, or a replica lags).
 * - `limit`: a limit of this query was hit; retrying unchanged hits it again, a narrower question may not.
 * - `fatal`: wrong query, wrong data, wrong credentials: retrying is of no use.
 */
export type ClickHouseErrorClass = "retry" | "limit" | "fatal";

/** By name, because that is how ClickHouse's documentation lists them. */
export const CLICKHOUSE_CODES = {
  TOO_MANY_ROWS: 158,
  TIMEOUT_EXCEEDED: 159,
  TOO_SLOW: 160,
  READONLY: 164,
  NO_FREE_CONNECTION: 203,
  SOCKET_TIMEOUT: 209,
  NETWORK_ERROR: 210,
  NO_ZOOKEEPER: 225,
  MEMORY_LIMIT_EXCEEDED: 241,
  TABLE_IS_READ_ONLY: 242,
  TOO_MANY_SIMULTANEOUS_QUERIES: 202,
  TOO_MANY_PARTS: 252,
  REPLICA_IS_NOT_IN_QUORUM: 289,
  TOO_FEW_LIVE_REPLICAS: 285,
  UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE: 286,
  TOO_MANY_BYTES: 307,
  UNKNOWN_STATUS_OF_INSERT: 319,
  ALL_CONNECTION_TRIES_FAILED: 279,
  QUERY_WAS_CANCELLED: 394,
  TOO_MANY_ROWS_OR_BYTES: 396,
  KEEPER_EXCEPTION: 999,
} as const;

const LIMITS: ReadonlySet<number> = new Set([
  CLICKHOUSE_CODES.TOO_MANY_ROWS,
  CLICKHOUSE_CODES.TIMEOUT_EXCEEDED,
  CLICKHOUSE_CODES.TOO_SLOW,
  CLICKHOUSE_CODES.TOO_MANY_BYTES,
  CLICKHOUSE_CODES.TOO_MANY_ROWS_OR_BYTES,
]);

const TEMPORARY: ReadonlySet<number> = new Set([
  CLICKHOUSE_CODES.TOO_MANY_SIMULTANEOUS_QUERIES,
  CLICKHOUSE_CODES.NO_FREE_CONNECTION,
  CLICKHOUSE_CODES.SOCKET_TIMEOUT,
  CLICKHOUSE_CODES.NETWORK_ERROR,
  CLICKHOUSE_CODES.NO_ZOOKEEPER,
  // Memory is shared with whatever else runs: a write that does not fit now may fit in a moment.
  CLICKHOUSE_CODES.MEMORY_LIMIT_EXCEEDED,
  CLICKHOUSE_CODES.TABLE_IS_READ_ONLY,
  CLICKHOUSE_CODES.TOO_MANY_PARTS,
  CLICKHOUSE_CODES.ALL_CONNECTION_TRIES_FAILED,
  CLICKHOUSE_CODES.TOO_FEW_LIVE_REPLICAS,
  CLICKHOUSE_CODES.UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE,
  CLICKHOUSE_CODES.REPLICA_IS_NOT_IN_QUORUM,
  CLICKHOUSE_CODES.UNKNOWN_STATUS_OF_INSERT,
  CLICKHOUSE_CODES.QUERY_WAS_CANCELLED,
  CLICKHOUSE_CODES.KEEPER_EXCEPTION,
]);

const NETWORK_CODES: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
  "ENOTFOUND",
]);

/** What a caller may do about an error that came out of the ClickHouse client. */
export function classifyClickHouseError(error: unknown): ClickHouseErrorClass {
  const code = clickHouseCode(error);
  if (code !== undefined) {
    if (TEMPORARY.has(code)) return "retry";
    return LIMITS.has(code) ? "limit" : "fatal";
  }
  return isNetworkError(error) ? "retry" : "fatal";
}

/** ClickHouse's own number of the error, if it is one of its errors. */
export function clickHouseCode(error: unknown): number | undefined {
  return error instanceof ClickHouseError ? Number(error.code) : undefined;
}

function isNetworkError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error ? error.code : undefined;
  if (typeof code === "string" && NETWORK_CODES.has(code)) return true;
  // The client's own words for a socket that died; it gives these no code. A request that its caller aborted is not one.
  return /socket hang up|Timeout error|premature close/i.test(error.message) || isNetworkError(error.cause);
}
