import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { EngineError } from "../engine/engine-error.js";

/** What the URL and the headers of a request say; the body is read later. */
export interface ParsedRequest {
  method: "GET" | "POST";
  path: string;
  query: string;
  queryId: string;
  database: string | undefined;
  defaultFormat: string;
  user: string;
  password: string;
  waitEndOfQuery: boolean;
  settings: Map<string, string>;
  parameters: Map<string, string>;
}

const ignore = (): undefined => undefined;

/** Parameters that are no settings of the engine. */
const OWN_PARAMETERS = new Map<string, (request: ParsedRequest, value: string) => void>([
  ["query", (request, value) => (request.query += value)],
  ["query_id", (request, value) => (request.queryId = value === "" ? request.queryId : value)],
  ["database", (request, value) => (request.database = value === "" ? request.database : value)],
  ["default_format", (request, value) => (request.defaultFormat = value)],
  ["user", (request, value) => (request.user = value)],
  ["password", (request, value) => (request.password = value)],
  ["wait_end_of_query", (request, value) => (request.waitEndOfQuery = value === "1" || value === "true")],
  ["quota_key", ignore],
  ["stacktrace", ignore],
  ["buffer_size", ignore],
  ["role", ignore],
  ["close_session", ignore],
  ["client_protocol_version", ignore],
  // Settings of the HTTP layer, which is ours.
  ["send_progress_in_http_headers", ignore],
  ["http_headers_progress_interval_ms", ignore],
  ["http_write_exception_in_output_format", ignore],
]);

/** Ones that would change the meaning of the bytes, or of later requests. */
const REFUSED = new Set(["session_id", "session_timeout", "session_check", "compress", "decompress"]);

/** Reads a request's line and headers as the ClickHouse HTTP interface does. */
export function parseRequest(message: IncomingMessage): ParsedRequest {
  const url = new URL(message.url ?? "/", "http://localhost");
  const request: ParsedRequest = {
    method: message.method === "GET" ? "GET" : "POST",
    path: url.pathname,
    query: "",
    queryId: randomUUID(),
    database: header(message, "x-clickhouse-database"),
    defaultFormat: header(message, "x-clickhouse-format") ?? "TabSeparated",
    ...credentials(message),
    waitEndOfQuery: false,
    settings: new Map(),
    parameters: new Map(),
  };
  for (const [name, value] of url.searchParams) applyParameter(request, name, value);
  // As on a server: GET must not change anything.
  if (request.method === "GET" && !request.settings.has("readonly")) request.settings.set("readonly", "2");
  return request;
}

/** Applies one `name=value` of the URL, or of a multipart body. What is not the interface's own is a setting. */
export function applyParameter(request: ParsedRequest, name: string, value: string): void {
  const apply = OWN_PARAMETERS.get(name);
  if (name.startsWith("param_")) request.parameters.set(name.slice("param_".length), value);
  else if (apply) apply(request, value);
  else if (!REFUSED.has(name)) request.settings.set(name, value);
  else if (value !== "" && value !== "0") {
    throw new EngineError(48, "NOT_IMPLEMENTED", `The embedded ClickHouse does not support ${name}`);
  }
}

function credentials(message: IncomingMessage): { user: string; password: string } {
  const basic = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(message.headers.authorization ?? "");
  if (basic?.[1] !== undefined) {
    const text = Buffer.from(basic[1], "base64").toString("utf8");
    const colon = text.indexOf(":");
    return colon < 0 ? { user: text, password: "" } : { user: text.slice(0, colon), password: text.slice(colon + 1) };
  }
  return {
    user: header(message, "x-clickhouse-user") ?? "default",
    password: header(message, "x-clickhouse-key") ?? "",
  };
}

function header(message: IncomingMessage, name: string): string | undefined {
  const value = message.headers[name];
  const first = Array.isArray(value) ? value[0] : value;
  // Node reads header bytes as latin1; names and passwords are UTF-8.
  return first === undefined ? undefined : Buffer.from(first, "latin1").toString("utf8");
}
