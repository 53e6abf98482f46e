import { EngineError } from "../engine/engine-error.js";

/** The fields of a `multipart/form-data` body: the client sends queries with many parameters that way. */
export function parseMultipart(contentType: string, body: Buffer): Map<string, string> {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const delimiter = `--${boundary?.[1] ?? boundary?.[2] ?? ""}`;
  if (!boundary) throw new EngineError(36, "BAD_ARGUMENTS", "multipart/form-data without a boundary");
  const fields = new Map<string, string>();
  // latin1 keeps every byte in its place; the values are UTF-8.
  for (const part of `\r\n${body.toString("latin1")}`.split(`\r\n${delimiter}`).slice(1)) {
    if (part.startsWith("--")) return fields;
    const headersEnd = part.indexOf("\r\n\r\n");
    const name = /name="([^"]*)"/i.exec(part.slice(0, Math.max(headersEnd, 0)))?.[1];
    if (headersEnd < 0 || name === undefined) break;
    fields.set(name, Buffer.from(part.slice(headersEnd + 4), "latin1").toString("utf8"));
  }
  throw new EngineError(36, "BAD_ARGUMENTS", "the multipart/form-data body is cut off or malformed");
}

export function isMultipart(contentType: string | undefined): contentType is string {
  return contentType?.toLowerCase().startsWith("multipart/form-data") ?? false;
}
