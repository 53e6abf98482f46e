import { readFileSync } from "node:fs";

/** What the kernel says of one mapping. */
export interface KernelMapping {
  sizeBytes: number;
  residentBytes: number;
  anonymousBytes: number;
  permissions: string;
}

/** /proc/PID/smaps by the address where a mapping starts, as the GUI writes it. */
export function readSmaps(pid: number): Map<string, KernelMapping> {
  const text = readFileSync(`/proc/${pid}/smaps`, "utf8");
  const parts = text.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m);
  return new Map(parts.filter((part) => part !== "").map(readMapping));
}

/** "7f00-7f10 rw-p ..." and its figures, one a line. */
function readMapping(part: string): [string, KernelMapping] {
  const [, start = "", end = "", permissions = ""] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(part) ?? [];
  const sizeBytes = Number.parseInt(end, 16) - Number.parseInt(start, 16);
  const figure = (name: string): number => Number(new RegExp(`^${name}: +(\\d+) kB`, "m").exec(part)?.[1] ?? 0) * 1024;
  return [`0x${start}`, { sizeBytes, residentBytes: figure("Rss"), anonymousBytes: figure("Anonymous"), permissions }];
}
