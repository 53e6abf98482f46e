import { createHash, timingSafeEqual } from "node:crypto";
import type { NextFunction, Request, RequestHandler, Response } from "express";
import { bearerOf, type ReviewedUser, type Reviewer } from "@heaphound/identity";
import { AppError } from "@heaphound/service-kit";
import { currentRequest } from "../http/request-context.js";
import type { NamespaceScope } from "./namespace-scope.js";

/** How readers prove who they are. */
export type ReadersMode =
  | { mode: "none" }
  | { mode: "token"; token: string }
  | { mode: "kubernetes"; reviewer: Reviewer; scope: NamespaceScope }
  | { mode: "proxy"; secret: string; userHeader: string; groupsHeader: string; scope: NamespaceScope };

const SECRET_HEADER = "x-heaphound-proxy-secret";

/** Turns away who is nobody, and notes which namespaces the others may see. */
export function readers(options: ReadersMode): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction): void => {
    admit(request, options).then(() => next(), next);
  };
}

async function admit(request: Request, options: ReadersMode): Promise<void> {
  switch (options.mode) {
    case "none":
      return;
    case "token":
      if (!isSame(bearerOf(request.headers.authorization) ?? "", options.token))
        throw unauthorized("Send the header `Authorization: Bearer TOKEN` with the value of HEAPHOUND_API_TOKEN.");
      return;
    case "kubernetes":
      return limit(await reviewed(request, options.reviewer), options.scope);
    case "proxy":
      return limit(fromProxy(request, options), options.scope);
  }
}

async function reviewed(request: Request, reviewer: Reviewer): Promise<ReviewedUser> {
  const token = bearerOf(request.headers.authorization);
  if (token === undefined)
    throw unauthorized("Send a Kubernetes token: `kubectl create token NAME` makes one for a service account.");
  const review = await reviewer.review(token, []).catch(() => {
    throw new AppError("the API server does not review tokens now", {
      code: "identity_unavailable",
      advice: "Try again in a moment.",
      httpStatus: 503,
    });
  });
  if ("refused" in review) throw unauthorized(`Kubernetes says: ${review.refused}.`);
  return review.user;
}

/** Its headers count only when the proxy proves itself: anybody could send them. */
function fromProxy(request: Request, options: ReadersMode & { mode: "proxy" }): ReviewedUser {
  const name = request.get(options.userHeader) ?? "";
  if (!isSame(request.get(SECRET_HEADER) ?? "", options.secret) || name === "")
    throw unauthorized("Come through the authenticating proxy in front of this server.");
  const groups = (request.get(options.groupsHeader) ?? "").split(/[,|]/).map((group) => group.trim());
  return { name, groups: [...groups.filter((group) => group !== ""), "system:authenticated"], extra: {} };
}

async function limit(user: ReviewedUser, scope: NamespaceScope): Promise<void> {
  const namespaces = await scope.of(user);
  const request = currentRequest();
  if (request && namespaces) request.namespaces = namespaces;
}

/** Compares digests, so that the time taken tells nothing about the secret. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function unauthorized(advice: string): AppError {
  return new AppError("this server asks who you are", { code: "unauthorized", advice, httpStatus: 401 });
}
