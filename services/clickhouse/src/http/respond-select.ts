import type { ServerResponse } from "node:http";
import { once } from "node:events";
import type { Readable, Writable } from "node:stream";
import { EngineError, toEngineError } from "../engine/engine-error.js";
import type { Engine, EngineResult } from "../engine/engine.js";
import type { Fifos } from "../engine/fifos.js";
import { selectIntoFile, type Select } from "../sql/statement.js";
import { commonHeaders, contentTypeOf, exceptionTag, exceptionTail, sendError, summaryHeader } from "./response.js";
import type { Exchange } from "./exchange.js";

/** Results up to this size are answered in one piece, with their summary, or with a proper status when they fail. */
const HELD_BYTES = 256 * 1024;
/** The same with `wait_end_of_query`. */
const MAX_WAITED_BYTES = 64 * 1024 * 1024;

type Outcome = { result: EngineResult } | { error: EngineError };

/**
 * Runs a query that returns rows and streams them: engine -> pipe -> response. A slow client fills the pipe, and the
 * engine waits; a client that leaves has its query killed, and what still comes is thrown away.
 */
export async function respondSelect(engine: Engine, fifos: Fifos, select: Select, exchange: Exchange): Promise<void> {
  const { request, signal } = exchange;
  const pipe = await fifos.take();
  const running = engine.run({
    sql: selectIntoFile(select, pipe.path),
    format: request.defaultFormat,
    queryId: request.queryId,
    settings: request.settings,
    parameters: request.parameters,
    database: request.database,
    leavesNothing: true,
  });
  const outcome: Promise<Outcome> = running.then(
    (result) => ({ result }),
    (error: unknown) => ({ error: toEngineError(error) }),
  );
  // A query that failed early never opened the pipe: without a writer, its reader would wait for ever.
  void outcome.then(() => pipe.end());
  const kill = (): void => void engine.cancel(request.queryId, running);
  if (signal.aborted) kill();
  signal.addEventListener("abort", kill, { once: true });
  const answer = new StreamedAnswer(exchange, engine.version, request.defaultFormat, select.format);
  await pump(pipe.source, answer, kill);
  const how = await outcome;
  signal.removeEventListener("abort", kill);
  await fifos.giveBack(pipe);
  if (!signal.aborted) answer.end(how);
}

/** Reads the pipe to its end, whatever becomes of the answer: the engine must never be left blocked on it. */
async function pump(source: Readable, answer: StreamedAnswer, kill: () => void): Promise<void> {
  let discard = false;
  for await (const chunk of source) {
    if (discard) continue;
    try {
      await answer.write(chunk as Buffer);
    } catch (error) {
      discard = true;
      // Otherwise the client has left, and the query is being killed for that.
      if (!(error instanceof EngineError)) continue;
      kill();
      answer.end({ error });
    }
  }
}

/** The answer to one query: held back until it is certain or large, then sent as it comes. */
class StreamedAnswer {
  private held: Buffer[] = [];
  private heldBytes = 0;
  private out: Writable | undefined;
  private readonly tag = exceptionTag();
  private ended = false;
  private readonly response: ServerResponse;
  private readonly format: string;

  constructor(
    private readonly exchange: Exchange,
    private readonly version: string,
    defaultFormat: string,
    format: string | undefined,
  ) {
    this.response = exchange.response;
    this.format = format ?? defaultFormat;
  }

  /** Resolves when the client can take more; rejects when it has left. */
  async write(chunk: Buffer): Promise<void> {
    this.exchange.signal.throwIfAborted();
    if (this.out) {
      if (!this.out.write(chunk)) await once(this.out, "drain", { signal: this.exchange.signal });
      return;
    }
    this.held.push(chunk);
    this.heldBytes += chunk.length;
    const { waitEndOfQuery } = this.exchange.request;
    if (waitEndOfQuery && this.heldBytes > MAX_WAITED_BYTES) {
      throw new EngineError(
        396,
        "TOO_MANY_ROWS_OR_BYTES",
        `With wait_end_of_query a result must fit ${MAX_WAITED_BYTES} bytes: leave it out to stream the result`,
      );
    }
    if (!waitEndOfQuery && this.heldBytes > HELD_BYTES) await this.begin({});
  }

  /** The first call counts. */
  end(outcome: Outcome): void {
    if (this.ended) return;
    this.ended = true;
    if ("error" in outcome) {
      if (!this.out) sendError(this.response, outcome.error, this.version, this.exchange.request.queryId);
      else this.out.end(exceptionTail(outcome.error, this.version, this.tag));
      return;
    }
    if (!this.out) void this.begin({ "X-ClickHouse-Summary": summaryHeader(outcome.result, 0, 0) });
    this.out?.end();
  }

  private async begin(headers: Record<string, string>): Promise<void> {
    const compressor = this.exchange.compressor();
    this.response.writeHead(200, {
      "Content-Type": contentTypeOf(this.format),
      "X-ClickHouse-Format": this.format,
      "X-ClickHouse-Exception-Tag": this.tag,
      ...(compressor ? { "Content-Encoding": compressor.encoding } : {}),
      ...commonHeaders(this.exchange.request),
      ...headers,
    });
    if (compressor) compressor.stream.pipe(this.response);
    this.out = compressor?.stream ?? this.response;
    const held = Buffer.concat(this.held);
    this.held = [];
    if (held.length > 0 && !this.out.write(held) && !this.ended) {
      await once(this.out, "drain", { signal: this.exchange.signal });
    }
  }
}
