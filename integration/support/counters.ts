import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a program asked of its allocator. */
export interface Totals {
  allocations: number;
  bytes: number;
  frees: number;
}

/** What the counting shim wrote for a process (programs/count.c: three 64-bit numbers). */
export function readCounters(directory: string, pid: number): Totals {
  const file = readFileSync(join(directory, String(pid)));
  const number = (index: number): number => Number(file.readBigUInt64LE(8 * index));
  return { allocations: number(0), bytes: number(1), frees: number(2) };
}
