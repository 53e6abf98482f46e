import { EngineError } from "../engine/engine-error.js";

/** The fields of a `multipart/form-data` body: the client sends queries with many parameters that way. */
export function parseMultipart(contentType: string, body: Buffer): Map<string, string> {
  const delimiter = `\r\n--${boundaryOf(contentType)}`;
  const fields = new Map<string, string>();
  // latin1 keeps every byte in its place; the values are UTF-8.
  for (const part of `\r\n${body.toString("latin1")}`.split(delimiter).slice(1)) {
    if (part.startsWith("--")) return fields;
    const [headers = "", ...contents] = part.split("\r\n\r\n");
    const name = /name="([^"]*)"/i.exec(headers)?.[1];
    if (name === undefined || contents.length === 0) break;
    fields.set(name, Buffer.from(contents.join("\r\n\r\n"), "latin1").toString("utf8"));
  }
  throw new EngineError(36, "BAD_ARGUMENTS", "the multipart/form-data body is cut off or malformed");
}

function boundaryOf(contentType: string): string {
  const match = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  const boundary = match?.[1] ?? match?.[2];
  if (boundary === undefined) throw new EngineError(36, "BAD_ARGUMENTS", "multipart/form-data without a boundary");
  return boundary;
}

export function isMultipart(contentType: string | undefined): contentType is string {
  return contentType?.toLowerCase().startsWith("multipart/form-data") ?? false;
}
