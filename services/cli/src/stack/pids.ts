import { readFileSync } from "node:fs";

/** A process that a number alone does not name: numbers are used again, the pair is not. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot at which it started, field 22 of /proc/PID/stat. */
  startTicks: string;
}

/** Null when there is no such process, or only its zombie is left. */
export function identify(pid: number): ProcessIdentity | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name in parentheses may hold spaces; what follows it does not.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    if (fields[0] === "Z" || fields[0] === "X") return null;
    return { pid, startTicks: fields[19] ?? "" };
  } catch {
    return null;
  }
}

export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.startTicks === identity.startTicks;
}
