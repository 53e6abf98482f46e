import { AppError } from "@heaphound/service-kit";
import type { NextFunction, Request, RequestHandler, Response } from "express";

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
