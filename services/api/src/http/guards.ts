import { createHash, timingSafeEqual } from "node:crypto";
import { AppError } from "@heaphound/service-kit";
import type { NextFunction, Request, RequestHandler, Response } from "express";

/** Turns away who does not present the token. Without a token configured everybody may pass. */
export function requireToken(token: string | undefined): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction): void => {
    if (token === undefined || isSame(bearerOf(request), token)) next();
    else next(unauthorized());
  };
}

function bearerOf(request: Request): string {
  return /^Bearer (.+)$/i.exec(request.headers.authorization ?? "")?.[1] ?? "";
}

/** Compares digests, so that the time taken tells nothing about the token. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function unauthorized(): AppError {
  return new AppError("this server asks for a token", {
    code: "unauthorized",
    advice: "Send the header `Authorization: Bearer TOKEN` with the value of HEAPHOUND_API_TOKEN.",
    httpStatus: 401,
  });
}

/**
 * Refuses requests beyond a number at a time: a queue would only make everybody wait. Streams of live updates are not
 * counted: they last for hours, ask nothing of the database and have a limit of their own.
 */
export function limitConcurrency(limit: number): RequestHandler {
  let running = 0;
  return (request: Request, response: Response, next: NextFunction): void => {
    if (request.path === "/live") {
      next();
      return;
    }
    if (running >= limit) {
      response.setHeader("retry-after", "1");
      next(busy(limit));
      return;
    }
    running++;
    response.once("close", () => running--);
    next();
  };
}

function busy(limit: number): AppError {
  return new AppError(`${limit} requests are being answered already`, {
    code: "busy",
    advice: "Try again in a moment, or raise HEAPHOUND_API_MAX_REQUESTS.",
    httpStatus: 503,
  });
}
