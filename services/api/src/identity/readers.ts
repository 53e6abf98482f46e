import { createHash, timingSafeEqual } from "node:crypto";
import type { NextFunction, Request, RequestHandler, Response } from "express";
import { bearerOf, type ReviewedUser, type Reviewer } from "@heaphound/identity";
import { AppError } from "@heaphound/service-kit";
import { currentRequest, type RequestContext } from "../http/request-context.js";
import { foreignPage, isOwnPage, tokenOfCookie } from "./token-cookie.js";
import type { NamespaceScope } from "./namespace-scope.js";

/** How readers prove who they are. */
export type ReadersMode =
  | { mode: "none" }
  | { mode: "token"; token: string }
  | { mode: "kubernetes"; reviewer: Reviewer; scope: NamespaceScope }
  | { mode: "proxy"; secret: string; userHeader: string; groupsHeader: string; scope: NamespaceScope };

const SECRET_HEADER = "x-heaphound-proxy-secret";

/** Signing in and out is for those who are nobody yet. */
const OPEN_PATH = "/session";

/** Turns away who is nobody, and notes which namespaces the others may see. */
export function readers(options: ReadersMode): RequestHandler {
  return (request: Request, _response: Response, next: NextFunction): void => {
    if (request.path === OPEN_PATH) next();
    else admit(request, options).then(() => next(), next);
  };
}

/** Throws when nobody has this token. For a sign-in, before it becomes a cookie. */
export async function checkToken(token: string, options: ReadersMode): Promise<void> {
  if (options.mode === "kubernetes") await reviewed(token, options.reviewer);
  else if (options.mode === "token" && !isSame(token, options.token))
    throw unauthorized(
      "This is not the token of this server: ask whoever runs it for the value of HEAPHOUND_API_TOKEN.",
    );
}

async function admit(request: Request, options: ReadersMode): Promise<void> {
  switch (options.mode) {
    case "none":
      return;
    case "token": {
      const { token, isCookie } = presented(request);
      if (!isSame(token ?? "", options.token))
        throw unauthorized("Send the header `Authorization: Bearer TOKEN` with the value of HEAPHOUND_API_TOKEN.");
      note({ name: null, isCookie });
      return;
    }
    case "kubernetes": {
      const { token, isCookie } = presented(request);
      if (token === undefined)
        throw unauthorized("Send a Kubernetes token: `kubectl create token NAME` makes one for a service account.");
      return limit(await reviewed(token, options.reviewer), options.scope, isCookie);
    }
    case "proxy":
      return limit(fromProxy(request, options), options.scope);
  }
}

/** The header counts more than the cookie: who sends it means it. */
function presented(request: Request): { token: string | undefined; isCookie: boolean } {
  const token = bearerOf(request.headers.authorization);
  if (token !== undefined) return { token, isCookie: false };
  const kept = tokenOfCookie(request);
  if (kept !== undefined && !isOwnPage(request)) throw foreignPage();
  return { token: kept, isCookie: kept !== undefined };
}

async function reviewed(token: string, reviewer: Reviewer): Promise<ReviewedUser> {
  const review = await reviewer.review(token, []).catch(() => {
    throw new AppError("the API server does not review tokens now", {
      code: "identity_unavailable",
      advice: "Try again in a moment.",
      httpStatus: 503,
    });
  });
  if ("refused" in review) throw unauthorized(adviceOn(review.refused));
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

async function limit(user: ReviewedUser, scope: NamespaceScope, isCookie = false): Promise<void> {
  const namespaces = await scope.of(user);
  const request = currentRequest();
  if (request && namespaces) request.namespaces = namespaces;
  note({ name: user.name, isCookie });
}

function note(reader: NonNullable<RequestContext["reader"]>): void {
  const request = currentRequest();
  if (request) request.reader = reader;
}

function adviceOn(refusal: string): string {
  const again = "`kubectl create token NAME -n NAMESPACE` makes a new one.";
  if (/expired/i.test(refusal)) return `The token has expired (Kubernetes says: ${refusal}). ${again}`;
  if (/invalidated|not found|deleted/i.test(refusal))
    return `The token's service account or pod is gone (Kubernetes says: ${refusal}). ${again}`;
  return `Kubernetes says: ${refusal}. ${again}`;
}

/** Compares digests, so that the time taken tells nothing about the secret. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function unauthorized(advice: string): AppError {
  return new AppError("this server asks who you are", { code: "unauthorized", advice, httpStatus: 401 });
}
