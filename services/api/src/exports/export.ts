import type { Filter, Instant, Measure, ProcessSummary, Weight } from "@heaphound/query";
import type { Compression } from "./compress.js";

export const FORMATS = ["heaptrack", "json", "pprof", "folded", "svg"] as const;
export type Format = (typeof FORMATS)[number];

/** What shall be exported. */
export interface ExportQuestion {
  filter: Filter;
  from?: Instant | undefined;
  to?: Instant | undefined;
  at?: Instant | undefined;
  measure: Measure;
  weight: Weight;
  compression: Compression;
}

/** A file while it is made: its bytes come as the reader takes them. */
export interface ExportFile {
  name: string;
  contentType: string;
  content: Iterable<Buffer | string> | AsyncIterable<Buffer | string>;
}

/** `redis-server.4711`: what file names of exports have in common. */
export function programAndPid({ name, pid }: ProcessSummary): string {
  return `${name.replace(/[^A-Za-z0-9_+-]/g, "_") || "program"}.${pid}`;
}
