import type { MappingRow, MemoryFacts } from "../api/shapes";

/** A part of the resident memory, as the bar shows it. */
export interface MemoryPart {
  name: string;
  /** What it is, for people. */
  means: string;
  /** A colour token. */
  token: "live" | "beyond" | "stack" | "profiler" | "rss" | "shared";
  bytes: number;
}

/**
 * Resident memory by what it is for:
 *
 *     [ live blocks | profiler | allocator's overhead | stacks, other anonymous ... | files | shared ]
 *
 * Live blocks that were never touched are not resident, so the parts are cut to what there is.
 */
export function memoryParts(memory: MemoryFacts, mappings: readonly MappingRow[]): MemoryPart[] {
  const stacks = sum(mappings, ({ kind, anonymousBytes }) => (kind === "stack" ? anonymousBytes : 0));
  const live = Math.min(memory.liveBytes, memory.anonymousBytes);
  const profiler = Math.min(memory.profilerBytes, memory.anonymousBytes - live);
  const rest = Math.max(0, memory.anonymousBytes - live - profiler - stacks);
  const parts: MemoryPart[] = [
    { name: "live blocks", means: "allocated and not yet freed, as requested", token: "live", bytes: live },
    {
      name: "beyond live blocks",
      means:
        "anonymous memory that no live block explains: freed but kept by the allocator, fragmentation, rounding, own mappings of the program",
      token: "beyond",
      bytes: rest,
    },
    { name: "stack", means: "of the main thread", token: "stack", bytes: Math.min(stacks, memory.anonymousBytes) },
    { name: "profiler", means: "rings, tables and blocks of Heaphound itself", token: "profiler", bytes: profiler },
    { name: "files", means: "mapped files: code, read-only data", token: "rss", bytes: memory.fileBytes },
    { name: "shared", means: "shared memory", token: "shared", bytes: memory.sharedBytes },
  ];
  return parts.filter(({ bytes }) => bytes > 0);
}

export function sum<T>(rows: readonly T[], of: (row: T) => number): number {
  return rows.reduce((all, row) => all + of(row), 0);
}
