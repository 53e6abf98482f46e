import { tmpdir } from "node:os";
import { join } from "node:path";
import { byteSize, flag, loadConfig, wholeNumber, z, type Environment } from "@heaphound/service-kit";

const list = z.string().transform((text) => text.split(/[\s,]+/).filter((item) => item !== ""));

const schema = z.object({
  HEAPHOUND_DATA_DIR: z.string().default(join(tmpdir(), "heaphound")),
  HEAPHOUND_LOCAL_BINARIES: flag.default(true),
  HEAPHOUND_DEBUG_DIRS: list.prefault("/usr/lib/debug"),
  HEAPHOUND_DEBUGINFOD_URLS: list.prefault(""),
  HEAPHOUND_SYMBOLIZER: z.string().default("llvm-symbolizer"),
  HEAPHOUND_SYMBOLIZER_TIMEOUT_MS: wholeNumber(100, 600_000).default(60_000),
  HEAPHOUND_SYMBOLIZER_MEMORY: byteSize.prefault("1GiB"),
  HEAPHOUND_MAX_BINARY: byteSize.prefault("1GiB"),
  HEAPHOUND_MAX_BINARIES: byteSize.prefault("20GiB"),
});

/** Settings of binaries and symbols. */
export interface SymbolsConfig {
  /** Uploaded binaries, downloaded and unpacked debug files. */
  directory: string;
  /** Read binaries by the path that the process knows them by: right when this is the machine that they run on. */
  local: boolean;
  debugDirs: string[];
  debuginfodUrls: string[];
  symbolizer: string;
  symbolizerTimeoutMs: number;
  /** The symbolizer keeps what it has read; it is started anew when it holds more than this. */
  symbolizerMemoryBytes: number;
  maxBinaryBytes: number;
  /** All stored files together; the least recently used go first. */
  maxTotalBytes: number;
}

export function readSymbolsConfig(environment: Environment): SymbolsConfig {
  const env = loadConfig(schema, environment);
  return {
    directory: join(env.HEAPHOUND_DATA_DIR, "binaries"),
    local: env.HEAPHOUND_LOCAL_BINARIES,
    debugDirs: env.HEAPHOUND_DEBUG_DIRS,
    debuginfodUrls: env.HEAPHOUND_DEBUGINFOD_URLS,
    symbolizer: env.HEAPHOUND_SYMBOLIZER,
    symbolizerTimeoutMs: env.HEAPHOUND_SYMBOLIZER_TIMEOUT_MS,
    symbolizerMemoryBytes: env.HEAPHOUND_SYMBOLIZER_MEMORY,
    maxBinaryBytes: env.HEAPHOUND_MAX_BINARY,
    maxTotalBytes: env.HEAPHOUND_MAX_BINARIES,
  };
}
