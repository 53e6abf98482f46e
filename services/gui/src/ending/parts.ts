import type { Ending, ProcessSummary } from "../api/shapes";
import type { TimeWindow } from "../question/question";

/** It did not leave by itself: killed, lost, or ended by a signal. */
export function isSudden({ running, endReason }: Pick<ProcessSummary, "running" | "endReason">): boolean {
  return !running && ["killed", "lost", "fatal_signal"].includes(endReason);
}

/** What the view is about, as a window of the page. */
export function lastMinute({ fromNs, toNs }: Pick<Ending, "fromNs" | "toNs">): TimeWindow | null {
  return toNs > fromNs ? { fromNs, toNs } : null;
}

export interface Mark {
  name: string;
  bytes: number;
  token: string;
}

/**
 * Against the limit: live, what else was resident, and how far the control group was; the widest decides the scale. A control
 * group without a limit is that of a whole machine or session, and says nothing about the process.
 */
export function marksOf({ liveBytes, memory, limitBytes }: Ending): { marks: Mark[]; scaleBytes: number } {
  const marks: Mark[] = [{ name: "live", bytes: liveBytes, token: "live" }];
  if (memory) marks.push({ name: "resident", bytes: memory.residentBytes, token: "rss" });
  if (memory && limitBytes !== null && memory.cgroupBytes > 0)
    marks.push({ name: "control group", bytes: memory.cgroupBytes, token: "allocated" });
  const most = Math.max(1, ...marks.map(({ bytes }) => bytes));
  return { marks, scaleBytes: Math.max(most, limitBytes ?? 0) };
}
