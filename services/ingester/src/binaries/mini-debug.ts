import { spawn } from "node:child_process";
import { createReadStream, createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { ElfFacts } from "@heaphound/service-kit";
import { limit } from "./debuginfod.js";
import type { FileCache } from "./file-cache.js";

const MAX_UNPACKED_BYTES = 256 * 1024 * 1024;

/** Unpacks `.gnu_debugdata`, by the `xz` program, into the cache. */
export async function unpackMiniDebug(
  binary: string,
  section: NonNullable<ElfFacts["debugData"]>,
  buildId: string,
  cache: FileCache,
): Promise<string> {
  const known = await cache.find(buildId, "mini");
  if (known !== undefined) return known;
  const partial = cache.partialPath();
  const xz = spawn("xz", ["--decompress", "--stdout", "--memlimit-decompress=256MiB"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const exit = new Promise<void>((resolve, reject) => {
    xz.once("error", reject);
    xz.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`xz ended with status ${code}`))));
  });
  const packed = createReadStream(binary, { start: section.offset, end: section.offset + section.size - 1 });
  const unpacked = createWriteStream(partial, { mode: 0o600 });
  try {
    await Promise.all([exit, pipeline(packed, xz.stdin), pipeline(xz.stdout, limit(MAX_UNPACKED_BYTES), unpacked)]);
  } catch (error) {
    xz.kill("SIGKILL");
    await rm(partial, { force: true });
    throw error;
  }
  return cache.accept(partial, buildId, "mini");
}
