import type { Ending, EndingCause } from "@heaphound/query";
import { formatBytes, formatDuration, plural } from "../views/format.js";

const HOW: Record<EndingCause, string> = {
  running: "is running",
  ended: "ended by itself",
  signal: "was ended by a signal",
  oom_killed: "was killed for its memory",
  likely_oom: "was killed, most likely for its memory",
  killed: "was killed by SIGKILL",
  lost: "was lost: its stream stayed away",
};

type Parts = Pick<Ending, "cause" | "fromNs" | "toNs" | "liveBytes" | "liveAllocations" | "growthBytes" | "limitBytes">;

/** "redis-0 was killed for its memory with 61.9 MiB live in 1 204 allocations, limit 64.0 MiB; 41.0 MiB of it came in the last 60 s". */
export function endingSentence(name: string, parts: Parts): string {
  const { cause, fromNs, toNs, liveBytes, liveAllocations, growthBytes, limitBytes } = parts;
  const limit = limitBytes === null ? "" : `, limit ${formatBytes(limitBytes)}`;
  const window = `in the last ${formatDuration(toNs - fromNs)}`;
  const growth =
    growthBytes >= 0
      ? `${formatBytes(growthBytes)} of it came ${window}`
      : `${formatBytes(-growthBytes)} went ${window}`;
  return `${name} ${HOW[cause]} with ${formatBytes(liveBytes)} live in ${plural(liveAllocations, "allocation")}${limit}; ${growth}`;
}
