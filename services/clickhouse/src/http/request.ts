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

/** Parameters of the HTTP interface that are not settings of the engine and have no effect here. */
const IGNORED = new Set(["quota_key", "stacktrace", "buffer_size", "role", "close_session", "client_protocol_version"]);
/** Ones that would change the meaning of the bytes or of later requests. */
const REFUSED = new Set(["session_id", "session_timeout", "session_check", "compress", "decompress"]);
/** Settings of the HTTP layer, which is ours. */
const HTTP_SETTINGS = new Set([
  "send_progress_in_http_headers",
  "http_headers_progress_interval_ms",
  "http_write_exception_in_output_format",
]);

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

/** Applies one `name=value` of the URL, or of a multipart body. */
export function applyParameter(request: ParsedRequest, name: string, value: string): void {
  if (name.startsWith("param_")) {
    request.parameters.set(name.slice("param_".length), value);
    return;
  }
  switch (name) {
    case "query":
      request.query += value;
      return;
    case "query_id":
      if (value !== "") request.queryId = value;
      return;
    case "database":
      if (value !== "") request.database = value;
      return;
    case "default_format":
      request.defaultFormat = value;
      return;
    case "user":
      request.user = value;
      return;
    case "password":
      request.password = value;
      return;
    case "wait_end_of_query":
      request.waitEndOfQuery = value === "1" || value === "true";
      return;
  }
  if (REFUSED.has(name) && value !== "" && value !== "0") {
    throw new EngineError(48, "NOT_IMPLEMENTED", `The embedded ClickHouse does not support ${name}`);
  }
  if (!REFUSED.has(name) && !IGNORED.has(name) && !HTTP_SETTINGS.has(name)) request.settings.set(name, value);
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
  return Array.isArray(value) ? value[0] : value;
}
