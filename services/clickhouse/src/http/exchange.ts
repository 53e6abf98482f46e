import type { IncomingMessage, ServerResponse } from "node:http";
import type { Transform } from "node:stream";
import type { ParsedRequest } from "./request.js";
import { responseCompressor } from "./response.js";

/** One request and its answer. */
export class Exchange {
  private readonly gone = new AbortController();

  constructor(
    readonly message: IncomingMessage,
    readonly response: ServerResponse,
    readonly request: ParsedRequest,
  ) {
    response.once("close", () => {
      if (!response.writableFinished) this.gone.abort();
    });
  }

  /** Aborts when the client leaves before it has its answer. */
  get signal(): AbortSignal {
    return this.gone.signal;
  }

  compressor(): { encoding: string; stream: Transform } | undefined {
    return responseCompressor(this.message, this.request);
  }
}
