import { createServer, type Server, type ServerResponse } from "node:http";
import { once } from "node:events";
import { errorMessage, type Logger, type Metrics } from "@heaphound/service-kit";
import type { QueryHandler } from "./handler.js";

/** Queries with their parameters travel in the URL; ClickHouse allows it to be this long. */
const MAX_HEADER_BYTES = 1024 * 1024 + 64 * 1024;
const KEEP_ALIVE_MS = 30_000;

const PROBES: ReadonlyMap<string, string> = new Map([
  ["/", "Ok.\n"],
  ["/ping", "Ok.\n"],
  ["/replicas_status", "Ok.\n"],
]);

/** The HTTP face: `/ping` and `/replicas_status` for probes, `/metrics` for Prometheus, `/` for queries. */
export function createHttpServer(handler: QueryHandler, metrics: Metrics, log: Logger): Server {
  const server = createServer(
    // Bodies may take as long as they need while the client goes on sending.
    { maxHeaderSize: MAX_HEADER_BYTES, keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: 0 },
    (message, response) => {
      const path = (message.url ?? "/").split("?", 1)[0] ?? "/";
      const probe = PROBES.get(message.url ?? "/");
      if (path === "/metrics") void sendMetrics(metrics, response, log);
      else if (probe !== undefined && message.method !== "POST") text(response, 200, probe);
      else if (path !== "/") text(response, 404, `There is no handle ${path}\n`);
      else if (message.method === "POST" || message.method === "GET") void handler.handle(message, response);
      else text(response, 501, "Use GET or POST\n");
    },
  );
  return server;
}

/** Listens, and returns the address with the port that was really taken. */
export async function listen(server: Server, host: string, port: number): Promise<string> {
  server.listen(port, host);
  await once(server, "listening");
  const address = server.address();
  const actual = typeof address === "object" && address ? address.port : port;
  return `http://${host.includes(":") ? `[${host}]` : host}:${actual}`;
}

async function sendMetrics(metrics: Metrics, response: ServerResponse, log: Logger): Promise<void> {
  try {
    const { contentType, body } = await metrics.expose();
    text(response, 200, body, contentType);
  } catch (error) {
    log.error({ error }, "could not collect metrics");
    text(response, 500, `${errorMessage(error)}\n`);
  }
}

function text(response: ServerResponse, status: number, body: string, contentType = "text/plain; charset=UTF-8"): void {
  response.writeHead(status, { "Content-Type": contentType, "Content-Length": Buffer.byteLength(body) });
  response.end(body);
}
