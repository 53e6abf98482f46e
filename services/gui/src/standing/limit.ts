import type { ProcessSummary } from "../api/shapes";
import type { Trend } from "./trend";

export interface Limit {
  usedBytes: number;
  limitBytes: number;
  /** Of the limit, 0 to 1 and more. */
  share: number;
  /** At the rate of now; null: it does not grow. */
  fullInNs: number | null;
  severity: "far" | "near" | "reached";
}

const NEAR_SHARE = 0.8;
const REACHED_SHARE = 0.95;
/** Whoever is on call wants to know an hour before. */
const NEAR_NS = 3600e9;
/** Longer than this nothing goes on as it does now. */
const FORESEEABLE_NS = 30 * 86_400e9;

/** How far a process is from its memory limit; null without one. Only resident memory counts against it. */
export function limitOf(
  { residentBytes, limitBytes, running }: Pick<ProcessSummary, "residentBytes" | "limitBytes" | "running">,
  trend: Trend,
): Limit | null {
  if (limitBytes <= 0) return null;
  const share = residentBytes / limitBytes;
  const left = Math.max(0, limitBytes - residentBytes);
  const inNs = running && trend.kind === "grows" ? (left / trend.bytesPerSecond) * 1e9 : Infinity;
  const fullInNs = inNs < FORESEEABLE_NS ? inNs : null;
  const isNear = share >= NEAR_SHARE || (fullInNs ?? Infinity) < NEAR_NS;
  const severity = share >= REACHED_SHARE ? "reached" : isNear ? "near" : "far";
  return { usedBytes: residentBytes, limitBytes, share, fullInNs, severity };
}
