import type { FleetBy, FleetEvent, FleetGroup, FleetLabels } from "@heaphound/query";
import { formatBytes } from "../views/format.js";

/** Labels as the database gives them: those that a group is not gathered by are absent. */
interface LabelRow {
  namespace?: string;
  workload?: string;
  pod?: string;
  container?: string;
  process_key?: string;
  name?: string;
}

/** A row of compileFleetGroups. */
export interface GroupRow extends LabelRow {
  group_key: string;
  processes: number;
  running: number;
  pods: number;
  live_bytes: number;
  live_allocations: number;
  peak_live_bytes: number;
  growth: number;
  allocated_bytes: number;
  allocations: number;
  resident_bytes: number;
  limit_bytes: number;
  loss_count: number;
  lossy: number;
  sampled: number;
  total: number;
}

/** A row of compileFleetEvents. */
export interface EventRow extends LabelRow {
  time_unix_ms: number;
  kind: FleetEvent["kind"];
  first: string;
  second: string;
}

export const NO_LABELS: FleetLabels = { namespace: "", workload: "", pod: "", container: "", process: "", name: "" };

export function labelsOf(row: LabelRow): FleetLabels {
  const { namespace = "", workload = "", pod = "", container = "", process_key: process = "", name = "" } = row;
  return { namespace, workload, pod, container, process, name };
}

export function toGroup(row: GroupRow, seconds: number): FleetGroup {
  return {
    ...labelsOf(row),
    processes: row.processes,
    running: row.running,
    pods: row.pods,
    liveBytes: row.live_bytes,
    liveAllocations: row.live_allocations,
    peakLiveBytes: row.peak_live_bytes,
    growthBytesPerSecond: row.growth,
    allocatedBytesPerSecond: row.allocated_bytes / seconds,
    allocationsPerSecond: row.allocations / seconds,
    residentBytes: row.resident_bytes,
    limitBytes: limitOf(row),
    lossCount: row.loss_count,
    lossy: row.lossy,
    sampled: row.sampled,
  };
}

/** The database says 0 where there is none. */
export function limitOf({ limit_bytes: limit }: GroupRow): number | null {
  return limit > 0 ? limit : null;
}

export function toEvent(row: EventRow): FleetEvent {
  return { ...labelsOf(row), timeUnixMs: row.time_unix_ms, kind: row.kind, text: eventText(row) };
}

const ENDS: Record<string, string> = {
  killed: "was killed (SIGKILL, or out of memory)",
  fatal_signal: "was ended by a signal",
  lost: "went away without a goodbye",
};

function eventText({ kind, first, second, name = "" }: EventRow): string {
  switch (kind) {
    case "end":
      return `${name} ${ENDS[first] ?? first}`;
    case "oom":
      return `the kernel killed ${first} in the container of ${name}: out of memory${limitText(Number(second))}`;
    case "mode":
      return `${name} changed its recording mode from ${first} (${second})`;
    case "marker":
      return `${name}: marker ${first}${second === "" ? "" : ` ${second}`}`;
  }
}

function limitText(limit: number): string {
  return limit > 0 ? ` (limit ${formatBytes(limit)})` : "";
}

export const NOUNS: Record<FleetBy, string> = {
  all: "group",
  namespace: "namespace",
  workload: "workload",
  pod: "pod",
  container: "container",
  process: "line",
};
