import type { ContainerEnd, EndingCause, MemoryFacts, ProcessSummary } from "@heaphound/query";
import { formatBytes, formatDuration, plural } from "../views/format.js";

/** Everything that is known of the end of a process. */
export interface EndingFacts {
  process: Pick<ProcessSummary, "running" | "endReason" | "durationNs">;
  container: ContainerEnd | null;
  /** The last sample. */
  memory: MemoryFacts | null;
  /** The kernel's counter of kills in the container's control group: seen by the process, and by others there afterwards. */
  oomKills: { before: number; after: number } | null;
  /** What the ingester says about the last moments, if they are missing. */
  unseen: string | null;
}

export interface Verdict {
  cause: EndingCause;
  evidence: string[];
}

/** The kernel kills when nothing can be reclaimed, which is at the limit; the last sample is some moments older. */
const NEAR_LIMIT = 0.9;
/** Between a process's last sign of life and the kubelet's time of the container's end, which is in whole seconds. */
const SAME_END_NS = 20e9;

/** Says why a process ended, and what that is known from. */
export function verdictOf(facts: EndingFacts): Verdict {
  const { running, endReason } = facts.process;
  if (running) return { cause: "running", evidence: [] };
  const sudden = endReason === "killed" || endReason === "lost";
  if (!sudden) return { cause: endReason === "fatal_signal" ? "signal" : "ended", evidence: [] };
  return { cause: suddenCause(facts), evidence: evidenceOf(facts) };
}

function suddenCause(facts: EndingFacts): EndingCause {
  const { container, memory, oomKills, process } = facts;
  const endedWith = container && endedTogether(facts) ? container : null;
  if (endedWith?.reason === "OOMKilled" || hasKilled(oomKills)) return "oom_killed";
  const wasKilled = process.endReason === "killed" || endedWith?.exitCode === 128 + 9;
  if (!wasKilled) return "lost";
  return isNearLimit(memory) ? "likely_oom" : "killed";
}

function hasKilled(kills: EndingFacts["oomKills"]): boolean {
  return kills !== null && kills.after > kills.before;
}

function endedTogether({ container, process }: EndingFacts): boolean {
  return container !== null && Math.abs(container.finishedNs - process.durationNs) <= SAME_END_NS;
}

function isNearLimit(memory: MemoryFacts | null): boolean {
  if (!memory || memory.cgroupLimitBytes === 0) return false;
  return memory.cgroupOom > 0 || memory.cgroupBytes >= NEAR_LIMIT * memory.cgroupLimitBytes;
}

function evidenceOf(facts: EndingFacts): string[] {
  return [...kubernetes(facts), ...kernel(facts), ...record(facts)];
}

function kubernetes(facts: EndingFacts): string[] {
  const { container } = facts;
  if (!container || !endedTogether(facts)) return [];
  const { reason, exitCode, restarts } = container;
  const before = restarts === 0 ? "its first run" : `after ${plural(restarts, "restart")}`;
  return [`Kubernetes says of the container: ${reason || "ended"}, exit code ${exitCode}, ${before}.`];
}

function kernel({ memory, oomKills, process }: EndingFacts): string[] {
  const lines: string[] = [];
  if (oomKills && oomKills.after > oomKills.before)
    lines.push(
      `The kernel killed ${plural(oomKills.after - oomKills.before, "process")} for memory in its control group.`,
    );
  if (memory && memory.cgroupLimitBytes > 0) {
    const age = formatDuration(Math.max(0, process.durationNs - memory.timeNs));
    lines.push(
      `The control group held ${formatBytes(memory.cgroupBytes)} of ${formatBytes(memory.cgroupLimitBytes)}, ${age} before the end.`,
    );
    if (memory.cgroupOom > 0) lines.push(`Its limit had been hit ${plural(memory.cgroupOom, "time")}.`);
  }
  return lines;
}

function record({ process, unseen }: EndingFacts): string[] {
  if (process.endReason === "lost")
    return ["The stream ended without a goodbye and nobody has delivered a spool: the last moments may be missing."];
  return [
    unseen === null
      ? "The record was delivered from the spool of the killed process."
      : `The record was delivered from the spool of the killed process (${unseen}).`,
  ];
}
