import { AppError } from "@heaphound/service-kit";
import type { NextFunction, Request, RequestHandler, Response } from "express";

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i;

/**
 * Where only this machine can connect, the address asked for must be one of it: a page from elsewhere can let a name of its own
 * point to 127.0.0.1 (DNS rebinding) and would read everything. A service that listens to others has its readers to tell.
 */
export function localHostsOnly(listenHost: string): RequestHandler {
  const isLocal = LOOPBACK.test(listenHost);
  return (request: Request, _response: Response, next: NextFunction): void => {
    if (!isLocal || isLoopback(request.headers.host ?? "")) next();
    else next(misdirected(request.headers.host ?? ""));
  };
}

/** `host` as in the header: with a port or without. */
function isLoopback(host: string): boolean {
  return LOOPBACK.test(host.replace(/:\d{1,5}$/, ""));
}

function misdirected(host: string): AppError {
  return new AppError(`this service answers to this machine, not to ${JSON.stringify(host)}`, {
    code: "unknown_host",
    advice: "Use 127.0.0.1 or localhost in the address; to serve others, listen on another address (HEAPHOUND_LISTEN).",
    httpStatus: 421,
  });
}
