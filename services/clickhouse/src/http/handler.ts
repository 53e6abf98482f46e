import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Logger } from "@heaphound/service-kit";
import { EngineError, toEngineError } from "../engine/engine-error.js";
import { translateKill, type Engine } from "../engine/engine.js";
import type { Fifos } from "../engine/fifos.js";
import type { Slots } from "../engine/slots.js";
import type { Spool } from "../engine/spool.js";
import { parseStatement, type Statement } from "../sql/statement.js";
import { bodyChunks, decodedBody, readHead } from "./body.js";
import { Exchange } from "./exchange.js";
import { InsertResponder } from "./insert-responder.js";
import { isMultipart, parseMultipart } from "./multipart.js";
import { applyParameter, parseRequest, type ParsedRequest } from "./request.js";
import { respondBytes } from "./respond-bytes.js";
import { respondSelect } from "./respond-select.js";
import { sendError } from "./response.js";

/** Longest text of a statement; data of an INSERT do not count. */
const MAX_STATEMENT_BYTES = 16 * 1024 * 1024;

export interface HandlerParts {
  engine: Engine;
  fifos: Fifos;
  spool: Spool;
  slots: Slots;
  log: Logger;
  user: string;
  password: string;
  /** Called once per query, for metrics. */
  onQuery: (kind: Statement["kind"], code: number, seconds: number) => void;
}

/** A statement and, for an INSERT, where its data come from. */
interface Work {
  statement: Statement;
  data: AsyncIterable<Buffer>;
}

/** Answers queries on `/`. */
export class QueryHandler {
  private readonly running = new Set<string>();

  private readonly inserts: InsertResponder;

  constructor(private readonly parts: HandlerParts) {
    this.inserts = new InsertResponder(parts.engine, parts.spool, parts.slots);
  }

  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedMs = performance.now();
    let kind: Statement["kind"] = "other";
    let queryId: string | undefined;
    let code = 0;
    try {
      const request = parseRequest(message);
      queryId = request.queryId;
      const exchange = new Exchange(message, response, request);
      const work = await this.readWork(message, request);
      kind = work.statement.kind;
      await this.withQueryId(request.queryId, () => this.execute(work, exchange));
    } catch (thrown) {
      const error = toEngineError(thrown);
      code = error.code;
      this.parts.log.debug({ queryId, code, type: error.type, reason: error.message }, "query failed");
      if (response.headersSent || response.destroyed) response.destroy();
      else sendError(response, error, this.parts.engine.version, queryId);
      // Whatever of the body is still on its way is of no interest, but must not block the connection.
      message.resume();
    } finally {
      this.parts.onQuery(kind, code, (performance.now() - startedMs) / 1_000);
    }
  }

  private async readWork(message: IncomingMessage, request: ParsedRequest): Promise<Work> {
    const chunks = bodyChunks(decodedBody(message));
    const contentType = message.headers["content-type"];
    if (isMultipart(contentType)) {
      const fields = parseMultipart(contentType, await wholeBody(chunks, Buffer.alloc(0)));
      for (const [name, value] of fields) applyParameter(request, name, value);
      this.authenticate(request);
      return { statement: parseStatement(request.query), data: nothing() };
    }
    this.authenticate(request);
    if (request.query.trim() === "") return bodyIsStatement(chunks);
    const statement = parseStatement(request.query);
    if (statement.kind === "insert")
      return { statement, data: inlineThenBody(request.query, statement.dataAt, chunks) };
    const tail = await wholeBody(chunks, Buffer.from(`${request.query}\n`));
    return { statement: parseStatement(tail.toString("utf8")), data: nothing() };
  }

  private async execute(work: Work, exchange: Exchange): Promise<void> {
    const { engine, fifos, slots } = this.parts;
    const { statement } = work;
    const { request } = exchange;
    if (statement.kind === "insert") {
      await this.inserts.respond(statement, work.data, exchange);
      return;
    }
    const release = await slots.acquire(exchange.signal);
    try {
      if (statement.kind === "select") {
        await respondSelect(engine, fifos, statement, exchange);
        return;
      }
      const result = await engine.run({
        sql: translateKill(statement.text),
        format: request.defaultFormat,
        queryId: request.queryId,
        settings: request.settings,
        parameters: request.parameters,
        database: request.database,
        leavesNothing: false,
      });
      respondBytes(exchange, result, statement.format ?? request.defaultFormat);
    } finally {
      release();
    }
  }

  private async withQueryId(queryId: string, run: () => Promise<void>): Promise<void> {
    if (this.running.has(queryId)) {
      throw new EngineError(
        216,
        "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING",
        `Query with id = ${queryId} is already running`,
      );
    }
    this.running.add(queryId);
    try {
      await run();
    } finally {
      this.running.delete(queryId);
    }
  }

  private authenticate(request: ParsedRequest): void {
    const good = same(request.user, this.parts.user) && same(request.password, this.parts.password);
    if (good) return;
    throw new EngineError(
      516,
      "AUTHENTICATION_FAILED",
      `${request.user}: Authentication failed: password is incorrect, or there is no user with such name`,
    );
  }
}

/** A body that begins with the statement; for an INSERT the data follow it. */
async function bodyIsStatement(chunks: AsyncGenerator<Buffer>): Promise<Work> {
  const { head, complete, rest } = await readHead(chunks, 64 * 1024);
  // One character per byte, so that positions in the text are positions in the body.
  const outline = head.toString("latin1");
  if (/^\s*(?:INSERT|--|#|\/\*)/i.test(outline)) {
    const statement = parseStatement(outline);
    if (statement.kind === "insert") {
      const text = (part: string): string => Buffer.from(part, "latin1").toString("utf8");
      return {
        statement: { ...statement, head: text(statement.head), tail: text(statement.tail) },
        data: prefixed(head.subarray(statement.dataAt), rest),
      };
    }
  }
  const text = complete ? head : await wholeBody(rest, head);
  return { statement: parseStatement(text.toString("utf8")), data: nothing() };
}

/** Data may begin behind the statement in the URL (`VALUES (1)`); usually only the body has them. */
function inlineThenBody(query: string, dataAt: number, chunks: AsyncGenerator<Buffer>): AsyncIterable<Buffer> {
  const inline = query.slice(dataAt);
  return inline.trim() === "" ? chunks : prefixed(Buffer.from(`${inline}\n`), chunks);
}

async function* prefixed(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  yield* rest;
}

async function* nothing(): AsyncGenerator<Buffer> {
  // No data: the statement is not an INSERT with data.
}

async function wholeBody(chunks: AsyncIterable<Buffer>, head: Buffer): Promise<Buffer> {
  const parts = [head];
  let size = head.length;
  for await (const chunk of chunks) {
    parts.push(chunk);
    size += chunk.length;
    if (size > MAX_STATEMENT_BYTES) {
      throw new EngineError(62, "SYNTAX_ERROR", `The statement is longer than ${MAX_STATEMENT_BYTES} bytes`);
    }
  }
  return Buffer.concat(parts);
}

/** Takes the same time wherever the two differ. */
function same(a: string, b: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
