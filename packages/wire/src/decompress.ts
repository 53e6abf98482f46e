import { constants, zstdDecompressSync } from "node:zlib";
import { WireError } from "./error.js";
import { MAX_COLUMN_BYTES, MAX_ZSTD_WINDOW_LOG } from "./limits.js";

/** Refuses a declared size above the limit before anything is allocated for it. */
export function checkColumnSize(sizeBytes: number, name: string): void {
  if (sizeBytes > MAX_COLUMN_BYTES) {
    throw new WireError("bad_column", `${name} declares ${sizeBytes} bytes, at most ${MAX_COLUMN_BYTES} are allowed`);
  }
}

/** Decompresses to exactly `sizeBytes`; a frame that wants to be larger stops there (no decompression bombs). */
export function unzstd(data: Uint8Array, sizeBytes: number, name: string): Uint8Array {
  checkColumnSize(sizeBytes, name);
  let bytes: Uint8Array;
  try {
    bytes = zstdDecompressSync(data, {
      maxOutputLength: sizeBytes + 1,
      // One output buffer: the default grows in steps of 16 KiB and joins them.
      chunkSize: Math.max(sizeBytes + 1, constants.Z_MIN_CHUNK),
      params: { [constants.ZSTD_d_windowLogMax]: MAX_ZSTD_WINDOW_LOG },
    });
  } catch (error) {
    throw new WireError(
      "bad_column",
      `${name} does not decompress: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  if (bytes.length !== sizeBytes) {
    throw new WireError("bad_column", `${name} declares ${sizeBytes} bytes but holds ${bytes.length}`);
  }
  return bytes;
}
