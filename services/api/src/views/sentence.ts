import { isEverything, print, type Filter, type Measure } from "@heaphound/query";
import { formatBytes, formatDuration, plural } from "./format.js";

export interface SentenceParts {
  measure: Measure;
  process: string;
  bytes: number;
  count: number;
  stacks: number;
  /** Since the start of the process; undefined = unbounded. */
  fromNs: number | undefined;
  toNs: number | undefined;
  durationNs: number;
  isRunning: boolean;
  filter: Filter;
}

/** One sentence that says what is shown: "212 MiB live at 12.3 s in redis-0, in 1 204 allocations by 310 stacks". */
export function sentence(parts: SentenceParts): string {
  const { bytes, count, process, stacks, filter } = parts;
  const where = isEverything(filter) ? "" : `, where ${print(filter)}`;
  return `${formatBytes(bytes)} ${verb(parts)} in ${process}, ${plural(count, "allocation")} by ${plural(stacks, "stack")}${where}`;
}

function verb(parts: SentenceParts): string {
  switch (parts.measure) {
    case "live":
      return `live ${moment(parts)}`;
    case "allocated":
      return `allocated${range(parts)}`;
    case "freed":
      return `freed${range(parts)}`;
    case "leaked":
      return `allocated${range(parts)} and ${parts.isRunning ? "not freed so far" : "never freed"}`;
    case "temporary":
      return `allocated${range(parts)} and freed within 10 ms`;
  }
}

function moment({ toNs, isRunning, durationNs }: SentenceParts): string {
  if (toNs !== undefined && toNs < durationNs) return `at ${formatDuration(toNs)}`;
  return isRunning ? "now" : "at the end";
}

function range({ fromNs, toNs, durationNs }: SentenceParts): string {
  const from = fromNs === undefined || fromNs <= 0 ? undefined : formatDuration(fromNs);
  const to = toNs === undefined || toNs >= durationNs ? undefined : formatDuration(toNs);
  if (from !== undefined && to !== undefined) return ` between ${from} and ${to}`;
  if (from !== undefined) return ` from ${from} on`;
  return to === undefined ? "" : ` until ${to}`;
}

/** "1 204 allocations in redis-0, where size >= 1MiB". */
export function allocationsSentence(total: number, process: string, filter: Filter): string {
  return `${plural(total, "allocation")} in ${process}${isEverything(filter) ? "" : `, where ${print(filter)}`}`;
}
