import { promisify } from "node:util";
import { gzip, zstdCompress } from "node:zlib";

export const COMPRESSIONS = ["zstd", "gzip", "none"] as const;
export type Compression = (typeof COMPRESSIONS)[number];

const gzipAsync = promisify(gzip);
const zstdAsync = promisify(zstdCompress);

/** Each call makes a frame of its own: a file that is cut off loses its last frame only, not everything. */
export function compress(bytes: Buffer, compression: Compression): Promise<Buffer> {
  switch (compression) {
    case "zstd":
      return zstdAsync(bytes);
    case "gzip":
      return gzipAsync(bytes);
    case "none":
      return Promise.resolve(bytes);
  }
}

/** Ending of a file name: readers of heaptrack files go by it. */
export function suffixOf(compression: Compression): string {
  return { zstd: ".zst", gzip: ".gz", none: "" }[compression];
}
