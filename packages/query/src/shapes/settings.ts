import type { ProcessKey } from "./process.js";

/** What was asked of a running process, all requests together. */
export interface ProcessSettings {
  process: ProcessKey;
  /** When it was asked for the last time; null: never. */
  requestedUnixNs: string | null;
  /** null: as the process was started. */
  mode: RecordingMode | null;
  sampleBytes: number | null;
  cullMs: number | null;
  /** It was told to stop recording for good. */
  stop: boolean;
}

export type RecordingMode = "exact" | "cull" | "sample" | "auto" | "dormant";
