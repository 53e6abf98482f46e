import { readFileSync } from "node:fs";
import { gunzipSync, zstdDecompressSync } from "node:zlib";

/** What an interpreted heaptrack file says, replayed: exact numbers where heaptrack_print rounds. */
export interface HeaptrackSummary {
  allocations: number;
  frees: number;
  leakedBytes: number;
  peakBytes: number;
}

function readText(file: string): string {
  const bytes = readFileSync(file);
  if (file.endsWith(".gz")) return gunzipSync(bytes).toString("latin1");
  return (file.endsWith(".zst") ? zstdDecompressSync(bytes) : bytes).toString("latin1");
}

/**
 * Replays the lines `a SIZE TRACE`, `+ INFO` and `- INFO` in the order of the file. Events of blocks of the size
 * `exceptBytes` are left out.
 */
export function replayHeaptrackFile(file: string, exceptBytes = -1): HeaptrackSummary {
  const sizes: number[] = [];
  let live = 0;
  const summary: HeaptrackSummary = { allocations: 0, frees: 0, leakedBytes: 0, peakBytes: 0 };
  for (const line of readText(file).split("\n")) {
    const number = parseInt(line.slice(2), 16);
    if (line.startsWith("a ")) sizes.push(number);
    const size = sizes[number] ?? NaN;
    if (size === exceptBytes) continue;
    if (line.startsWith("+ ")) {
      summary.allocations++;
      live += size;
      summary.peakBytes = Math.max(summary.peakBytes, live);
    } else if (line.startsWith("- ")) {
      summary.frees++;
      live -= size;
    }
  }
  return { ...summary, leakedBytes: live };
}
