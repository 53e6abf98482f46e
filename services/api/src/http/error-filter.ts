import { Catch, HttpException, type ArgumentsHost, type ExceptionFilter } from "@nestjs/common";
import { type ApiError } from "@heaphound/query";
import { UnanswerableError } from "@heaphound/query/server";
import { AppError, classifyClickHouseError, clickHouseCode, errorMessage, type Logger } from "@heaphound/service-kit";
import type { Response } from "express";
import { currentRequest } from "./request-context.js";

interface Failure {
  status: number;
  code: string;
  message: string;
  advice: string;
}

const BAD_REGEXP = 427;
const MEMORY_LIMIT = 241;

/** Everything that goes wrong, in middleware too, leaves as an ApiError: what happened, what to do, and the request's id. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    this.answer(error, host.switchToHttp().getResponse<Response>());
  }

  private answer(error: unknown, response: Response): void {
    const requestId = currentRequest()?.requestId ?? "";
    const { status, ...failure } = describe(error);
    if (status >= 500) this.log.error({ requestId, error }, "request failed");
    if (response.destroyed) return;
    // Half of the answer is out: only a broken connection can tell that the rest is missing.
    if (response.headersSent) response.destroy();
    else response.status(status).json({ error: { ...failure, requestId } } satisfies ApiError);
  }
}

function describe(error: unknown): Failure {
  if (error instanceof AppError)
    return { status: error.httpStatus, code: error.code, message: error.message, advice: error.advice };
  if (error instanceof UnanswerableError)
    return { status: 400, code: error.code, message: error.message, advice: error.advice };
  if (error instanceof HttpException) return fromNest(error);
  return fromDatabase(error);
}

function fromNest(error: HttpException): Failure {
  const status = error.getStatus();
  return {
    status,
    code: status === 404 ? "not_found" : "bad_request",
    message: error.message,
    advice: "See /docs for what can be asked.",
  };
}

function fromDatabase(error: unknown): Failure {
  const code = clickHouseCode(error);
  if (code === BAD_REGEXP)
    return {
      status: 400,
      code: "bad_regular_expression",
      message: errorMessage(error),
      advice: "Patterns are RE2: no look-around, no back references.",
    };
  const kind = classifyClickHouseError(error);
  if (kind === "limit" || code === MEMORY_LIMIT)
    return {
      status: 422,
      code: "question_too_wide",
      message: "the question takes too long or too much memory",
      advice: "Narrow the time range or add a filter.",
    };
  if (kind === "retry")
    return {
      status: 503,
      code: "database_unavailable",
      message: "the database does not answer",
      advice: "Try again in a moment; `heaphound status` shows what runs.",
    };
  return {
    status: 500,
    code: "internal",
    message: "something went wrong on the server",
    advice: "Look for the request id in the server's log and report it.",
  };
}
