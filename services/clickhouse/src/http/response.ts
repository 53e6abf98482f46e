import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Transform } from "node:stream";
import { constants, createBrotliCompress, createGzip, createZstdCompress } from "node:zlib";
import { httpStatusOf, type EngineError } from "../engine/engine-error.js";
import type { EngineResult } from "../engine/engine.js";
import type { ParsedRequest } from "./request.js";

const CONTENT_TYPES: readonly [RegExp, string][] = [
  [/^JSON.*EachRow/i, "application/x-ndjson; charset=UTF-8"],
  [/^JSON/i, "application/json; charset=UTF-8"],
  [/^CSV/i, "text/csv; charset=UTF-8"],
  [/^(TabSeparated|TSV)/i, "text/tab-separated-values; charset=UTF-8"],
  [/^(Pretty|Vertical|Values|Markdown)/i, "text/plain; charset=UTF-8"],
];

export function contentTypeOf(format: string): string {
  return CONTENT_TYPES.find(([pattern]) => pattern.test(format))?.[1] ?? "application/octet-stream";
}

/** `X-ClickHouse-*` headers that go with every answer to a query. */
export function commonHeaders(request: ParsedRequest): Record<string, string> {
  return {
    "X-ClickHouse-Query-Id": request.queryId,
    "X-ClickHouse-Server-Display-Name": "heaphound-embedded",
    "X-ClickHouse-Timezone": "UTC",
  };
}

export function summaryHeader(result: EngineResult, writtenRows: number, writtenBytes: number): string {
  return JSON.stringify({
    read_rows: String(result.rowsRead),
    read_bytes: String(result.bytesRead),
    written_rows: String(writtenRows),
    written_bytes: String(writtenBytes),
    total_rows_to_read: "0",
    result_rows: String(writtenRows),
    result_bytes: String(writtenBytes),
    elapsed_ns: String(Math.round(result.elapsedSeconds * 1e9)),
  });
}

/** The compressor that the client asked for, if it asked: by `enable_http_compression` and `Accept-Encoding`. */
export function responseCompressor(
  message: IncomingMessage,
  request: ParsedRequest,
): { encoding: string; stream: Transform } | undefined {
  if (request.settings.get("enable_http_compression") !== "1") return undefined;
  const accepted = (message.headers["accept-encoding"] ?? "").toLowerCase();
  if (accepted.includes("gzip")) return { encoding: "gzip", stream: createGzip({ level: 3 }) };
  if (accepted.includes("zstd")) return { encoding: "zstd", stream: createZstdCompress() };
  if (accepted.includes("br")) {
    return { encoding: "br", stream: createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: 3 } }) };
  }
  return undefined;
}

/** Answers with an error, before anything else was sent. */
export function sendError(response: ServerResponse, error: EngineError, version: string, queryId?: string): void {
  const text = error.toText(version);
  response.writeHead(httpStatusOf(error), {
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Length": Buffer.byteLength(text),
    "X-ClickHouse-Exception-Code": error.code,
    ...(queryId === undefined ? {} : { "X-ClickHouse-Query-Id": queryId }),
  });
  response.end(text);
}

/** A word that no result contains by chance; it marks an exception behind rows that were sent already. */
export function exceptionTag(): string {
  return randomBytes(8).toString("hex");
}

/**
 * What a server appends when a query fails after its first rows were sent. The client finds it by the line break that
 * follows a carriage return, and reads it from its end: length and tag come last.
 */
export function exceptionTail(error: EngineError, version: string, tag: string): string {
  const text = error.toText(version);
  return `\r\n__exception__\r\n${tag}\n${text}${Buffer.byteLength(text)} ${tag}\r\n__exception__\r\n`;
}
