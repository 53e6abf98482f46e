import type { EngineResult } from "../engine/engine.js";
import type { Exchange } from "./exchange.js";
import { commonHeaders, contentTypeOf, summaryHeader } from "./response.js";

/** Answers with a result that is complete already. */
export function respondBytes(
  exchange: Exchange,
  result: EngineResult,
  format: string,
  written: { rows: number; bytes: number } = { rows: 0, bytes: 0 },
): void {
  exchange.response.writeHead(200, {
    "Content-Type": contentTypeOf(format),
    "Content-Length": result.bytes.length,
    "X-ClickHouse-Format": format,
    "X-ClickHouse-Summary": summaryHeader(result, written.rows, written.bytes),
    ...commonHeaders(exchange.request),
  });
  exchange.response.end(result.bytes);
}
