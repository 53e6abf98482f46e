import type { TimeRange } from "@grafana/data";
import type { ProcessDetail } from "@heaphound/query";

/** Grafana's range for views of a fleet, whose times are nanoseconds of the clock. */
export function clockRange({ from, to }: TimeRange): { from: string; to: string } {
  return { from: `${from.valueOf()}000000`, to: `${Math.max(to.valueOf(), from.valueOf() + 1)}000000` };
}

/** The part of a process's run that lies in the range, in nanoseconds since its start; undefined: none does. */
export function runWindow(
  process: Pick<ProcessDetail, "startedUnixNs" | "durationNs">,
  { from, to }: TimeRange,
): { fromNs: number; toNs: number } | undefined {
  const since = (ms: number): number => Number(BigInt(Math.round(ms)) * 1_000_000n - BigInt(process.startedUnixNs));
  const fromNs = Math.max(0, since(from.valueOf()));
  const toNs = Math.min(process.durationNs, since(to.valueOf()));
  return fromNs <= process.durationNs && toNs >= 0 ? { fromNs, toNs } : undefined;
}
