import { createHash } from "node:crypto";

const MAX_TOKEN_CHARACTERS = 16_384;

/** The token of an `authorization: Bearer` header; undefined when there is none, or none that could be one. */
export function bearerOf(header: string | undefined): string | undefined {
  const token = /^Bearer +([A-Za-z0-9._~+/=-]+)$/i.exec(header ?? "")?.[1];
  return token === undefined || token.length > MAX_TOKEN_CHARACTERS ? undefined : token;
}

/** What a token is remembered by. */
export function tokenKey(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
