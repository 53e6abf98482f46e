import type { Request, Response } from "express";
import { bearerOf } from "@heaphound/identity";
import { AppError } from "@heaphound/service-kit";

const NAME = "heaphound_token";
/** Browsers drop cookies of more than 4,096 bytes, with their attributes. */
const MAX_TOKEN_CHARACTERS = 3_800;

/** A token that a page has signed in with: scripts cannot read it, and no other site's page makes the browser send it. */
export function tokenOfCookie(request: Request): string | undefined {
  for (const part of (request.headers.cookie ?? "").split(";")) {
    const [name, value] = part.trim().split("=", 2);
    if (name === NAME && value !== undefined) return bearerOf(`Bearer ${value}`);
  }
  return undefined;
}

/** Throws when the token does not fit a cookie. It lasts until the browser is closed. */
export function keepToken(request: Request, response: Response, token: string): void {
  if (token.length > MAX_TOKEN_CHARACTERS || bearerOf(`Bearer ${token}`) === undefined)
    throw new AppError("this is no token that a browser can keep", {
      code: "bad_parameters",
      advice: "Paste the token alone, as `kubectl create token NAME` prints it.",
      httpStatus: 400,
    });
  response.setHeader("set-cookie", `${NAME}=${token}; ${attributes(request)}`);
}

export function dropToken(request: Request, response: Response): void {
  response.setHeader("set-cookie", `${NAME}=; Max-Age=0; ${attributes(request)}`);
}

/** Secure wherever the reader came by HTTPS; a port-forward to this machine has none. */
function attributes(request: Request): string {
  const isSecure = request.secure || request.get("x-forwarded-proto")?.split(",")[0]?.trim() === "https";
  return `Path=/api; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`;
}

/** Beside SameSite, for what changes something: browsers say where a request comes from. */
export function isOwnPage(request: Request): boolean {
  const from = request.get("sec-fetch-site");
  return request.method === "GET" || from === undefined || from === "same-origin" || from === "none";
}

export function foreignPage(): AppError {
  return new AppError("another site's page must not act for you", {
    code: "foreign_page",
    advice: "Do it on Heaphound's own page.",
    httpStatus: 403,
  });
}
