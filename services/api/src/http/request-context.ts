import { AsyncLocalStorage } from "node:async_hooks";
import { randomUUID } from "node:crypto";
import type { NextFunction, Request, Response } from "express";

/** What belongs to one HTTP request, wherever its work happens. */
export interface RequestContext {
  requestId: string;
  /** Aborts when the client leaves: queries of the request are cancelled then. */
  signal: AbortSignal;
  /** Who asks, where that is asked. */
  reader?: { name: string | null; isCookie: boolean };
  /** What its reader may see; undefined: everything. */
  namespaces?: readonly string[];
}

const storage = new AsyncLocalStorage<RequestContext>();

export function currentRequest(): RequestContext | undefined {
  return storage.getStore();
}

/** Runs work on behalf of nobody in particular, e.g. the poller of live updates. */
export function outsideRequests<T>(work: () => T): T {
  return storage.exit(work);
}

export function requestContext(_request: Request, response: Response, next: NextFunction): void {
  const controller = new AbortController();
  const requestId = randomUUID();
  response.setHeader("x-request-id", requestId);
  response.once("close", () => {
    if (!response.writableFinished) controller.abort(new Error("the client left"));
  });
  storage.run({ requestId, signal: controller.signal }, next);
}
