import { createServer, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { errorMessage, type Logger } from "@heaphound/service-kit";
import type { ReviewResult } from "./review.js";

export interface ServerCertificate {
  certificate: string;
  key: string;
}

export interface WebhookOptions {
  log: Logger;
  answer: (body: unknown) => ReviewResult;
  onResult: (result: ReviewResult, seconds: number) => void;
  onRejected: (reason: "method" | "size" | "json" | "review") => void;
}

/** A review carries the pod, and etcd takes objects up to 1.5 MiB. */
const MAX_BODY_BYTES = 4 * 2 ** 20;
/** The API server keeps idle connections for 90 s: closing earlier, we would race with its next request. */
const KEEP_ALIVE_MS = 120_000;
const HEADERS_MS = 30_000;
const REQUEST_MS = 10_000;

/** HTTPS as the API server wants it: POST /mutate. Its certificate can be exchanged while it runs. */
export class WebhookServer {
  private readonly server: Server;

  constructor(
    private readonly options: WebhookOptions,
    initial: ServerCertificate,
  ) {
    this.server = createServer(
      { cert: initial.certificate, key: initial.key, minVersion: "TLSv1.2" },
      (request, response) => {
        this.serve(request, response).catch((error: unknown) => {
          options.log.warn({ error: errorMessage(error) }, "a request broke off");
          response.destroy();
        });
      },
    );
    this.server.keepAliveTimeout = KEEP_ALIVE_MS;
    this.server.headersTimeout = HEADERS_MS;
    this.server.requestTimeout = REQUEST_MS;
  }

  /** Resolves with the port. */
  listen(host: string, port: number): Promise<number> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, host, () => {
        const address = this.server.address();
        resolve(typeof address === "object" && address ? address.port : port);
      });
    });
  }

  /** For new connections; those that are open go on with the old one. */
  useCertificate({ certificate, key }: ServerCertificate): void {
    this.server.setSecureContext({ cert: certificate, key, minVersion: "TLSv1.2" });
  }

  /** Requests under way are answered, idle connections closed. */
  close(): Promise<void> {
    return new Promise((resolve) => {
      this.server.close(() => resolve());
      this.server.closeIdleConnections();
    });
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST" || request.url?.split("?")[0] !== "/mutate") {
      this.options.onRejected("method");
      refuse(response, 404, "POST an AdmissionReview to /mutate");
      return;
    }
    const started = performance.now();
    const text = await readBody(request);
    if (text === undefined) {
      this.options.onRejected("size");
      refuse(response, 413, `a review has at most ${MAX_BODY_BYTES} bytes`);
      return;
    }
    const result = this.answer(text);
    if (!result) {
      refuse(response, 400, "the body is no AdmissionReview of admission.k8s.io/v1");
      return;
    }
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(result.response));
    this.options.onResult(result, (performance.now() - started) / 1000);
  }

  private answer(text: string): ReviewResult | undefined {
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      this.options.onRejected("json");
      return undefined;
    }
    try {
      return this.options.answer(body);
    } catch (error) {
      this.options.log.warn({ error: errorMessage(error) }, "not a review");
      this.options.onRejected("review");
      return undefined;
    }
  }
}

/** Undefined: too long; what still comes is not kept. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { "content-type": "text/plain", connection: "close" }).end(`${message}\n`);
}
