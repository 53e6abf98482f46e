import { writeFileSync } from "node:fs";

/**
 * Where the kernel groups processes by session (sched_autogroup_enabled, as on most desktops), niceness counts only within a
 * session: a service of nice 10 gets as much as the program that is profiled in another terminal. The group has a niceness of its
 * own. Call it for the leader of a session; where there are no such groups it does nothing.
 */
export function lowerAutogroup(pid: number | undefined, niceness: number): void {
  if (pid === undefined) return;
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
  } catch {
    // No such groups here, or the process has ended already, which its exit reports.
  }
}
