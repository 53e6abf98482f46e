import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Response } from "express";
import type { ExportFile } from "./export.js";

/**
 * Sends a file while it is made, as fast as the client reads it. When the client leaves, the generator is ended and with it
 * the queries it reads from. The first bytes are made before the headers go out, so that early errors are answered as such.
 */
export async function sendFile(response: Response, file: ExportFile): Promise<void> {
  const chunks = asAsync(file.content);
  const first = await chunks.next();
  response.status(200).type(file.contentType);
  response.setHeader("content-disposition", `attachment; filename="${file.name}"`);
  response.setHeader("x-content-type-options", "nosniff");
  // A drawing that is opened in the browser runs its own script and nothing else.
  response.setHeader(
    "content-security-policy",
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; sandbox allow-scripts",
  );
  try {
    await pipeline(Readable.from(rejoined(first, chunks), { objectMode: false }), response);
  } catch (error) {
    if (!isDeparture(error)) throw error;
  }
}

async function* asAsync<T>(content: Iterable<T> | AsyncIterable<T>): AsyncGenerator<T> {
  yield* content;
}

async function* rejoined<T>(first: IteratorResult<T>, rest: AsyncIterator<T>): AsyncGenerator<T> {
  try {
    if (!first.done) yield first.value;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

/** The client left before the end: nobody is there to be told. */
function isDeparture(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_STREAM_PREMATURE_CLOSE";
}
