import type { IncomingMessage } from "node:http";
import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from "node:zlib";
import { EngineError } from "../engine/engine-error.js";

/** The body as the client meant it: what it compressed is decompressed. */
export function decodedBody(message: IncomingMessage): Readable {
  const decoder = decoderFor(message.headers["content-encoding"]);
  if (!decoder) return message;
  // Errors surface where the decoder is read.
  return pipeline(message, decoder, () => undefined);
}

function decoderFor(encoding: string | undefined): Transform | undefined {
  switch (encoding?.toLowerCase() ?? "identity") {
    case "identity":
    case "":
      return undefined;
    case "gzip":
    case "x-gzip":
      return createGunzip();
    case "deflate":
      return createInflate();
    case "br":
      return createBrotliDecompress();
    case "zstd":
      return createZstdDecompress();
    default:
      throw new EngineError(
        89,
        "UNKNOWN_COMPRESSION_METHOD",
        `Content-Encoding ${encoding} is not supported: use gzip, deflate, br or zstd`,
      );
  }
}

/** Chunks of a body, with the errors of a broken one in ClickHouse's terms. */
export async function* bodyChunks(body: Readable): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of body) yield chunk as Buffer;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (code.startsWith("Z_") || code.startsWith("ERR_") || code === "ZSTD_error_prefix_unknown") {
      throw new EngineError(271, "CANNOT_DECOMPRESS", `The body cannot be decompressed: ${code}`);
    }
    throw error;
  }
}

export interface BodyHead {
  head: Buffer;
  /** True when `head` is the whole body. */
  complete: boolean;
  rest: AsyncGenerator<Buffer>;
}

/** The first bytes of a body, at least `bytes` of them if it has as many; `rest` goes on behind them. */
export async function readHead(chunks: AsyncGenerator<Buffer>, bytes: number): Promise<BodyHead> {
  const parts: Buffer[] = [];
  let size = 0;
  while (size < bytes) {
    const next = await chunks.next();
    if (next.done) return { head: joined(parts), complete: true, rest: chunks };
    parts.push(next.value);
    size += next.value.length;
  }
  return { head: joined(parts), complete: false, rest: chunks };
}

function joined(parts: readonly Buffer[]): Buffer {
  return parts.length === 1 && parts[0] ? parts[0] : Buffer.concat(parts);
}
