"use client";
import type { ReactNode } from "react";
import { useEffect, useState } from "react";
import type { ProcessSummary } from "../api/shapes";
import { formatDuration } from "../format/format";

type Run = Pick<ProcessSummary, "running" | "startedUnixNs" | "durationNs">;

/**
 * How long a process has been running, now. Its recording ends with the last event: one that has been idle since then is not
 * younger for it. Clocks of other machines may be behind.
 */
export function runtimeNs({ running, startedUnixNs, durationNs }: Run, nowUnixMs: number): number {
  if (!running) return durationNs;
  return Math.max(durationNs, nowUnixMs * 1e6 - Number(startedUnixNs));
}

const TICK_MS = 1000;

export function Runtime({ process }: { process: Run }): ReactNode {
  const [nowMs, setNowMs] = useState(() => Date.now());
  const { running } = process;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNowMs(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [running]);
  const ns = runtimeNs(process, nowMs);
  return <span title={quietFor(ns - process.durationNs)}>{formatDuration(ns)}</span>;
}

/** Blocks come several times a second while something happens. */
const QUIET_NS = 5e9;

function quietFor(ns: number): string | undefined {
  return ns < QUIET_NS ? undefined : `nothing was allocated or freed in the last ${formatDuration(ns)}`;
}
