import type { Timeline } from "../api/shapes";

/** How the memory that stays has gone until the end of what is recorded. */
export type Trend =
  /** Too short to say. */
  | { kind: "unknown" }
  /** About a straight line up since `sinceNs`. */
  | { kind: "grows"; sinceNs: number; untilNs: number; bytes: number; bytesPerSecond: number }
  /** The same since then. */
  | { kind: "steady"; sinceNs: number; untilNs: number }
  /** Up and down. */
  | { kind: "varies" };

/** Parts of the run: from this many up to twice as many. Their width is a power of two, so that they stay while it grows. */
const PARTS = 32;
/** What it is about lasts for at least this share of the run, */
const LEAST_SPAN = 1 / 8;
/** and for this long. */
const LEAST_NS = 2e9;
/** Less than this much of the most that stayed, or than 64 KiB, is nothing. */
const LEAST_SHARE = 0.03;
const LEAST_BYTES = 64 * 1024;
/** Less of the whole rise than this is not yet a rise. */
const FLAT = 0.05;
/** A straight line up: never further from it than this share of the whole rise. */
const BEND = 0.35;

/**
 * What goes up and down within a part is work in progress; what stays is its lowest point. From those, the earliest moment since
 * which memory rises in about a straight line:
 *
 *     live   /\  /\ /\/\      stays        __--      a step at the start, or a cache that was filled, bends the line:
 *           /  \/  V        ->         __--          then a later moment is the first that fits, or none does
 */
export function trendOf(timeline: Pick<Timeline, "fromNs" | "timeNs" | "liveBytes">): Trend {
  const { width, lows } = lowestOf(timeline);
  const last = lows.length - 1;
  const least = Math.max(Math.ceil(lows.length * LEAST_SPAN), Math.ceil(LEAST_NS / width));
  if (last < least) return { kind: "unknown" };
  const noise = Math.max(LEAST_BYTES, Math.max(...lows) * LEAST_SHARE);
  const moment = (part: number): number => timeline.fromNs + part * width;
  const untilNs = Math.min(moment(last + 1), timeline.timeNs.at(-1)!);
  for (let from = 0; from <= last - least; from += 1) {
    const bytes = lows[last]! - lows[from]!;
    if (bytes < noise || bendOf(lows, from) > BEND * bytes) continue;
    const begun = Math.min(beginning(lows, from), last - least);
    const seconds = ((last - begun) * width) / 1e9;
    return { kind: "grows", sinceNs: moment(begun), untilNs, bytes, bytesPerSecond: bytes / seconds };
  }
  const from = lows.findLastIndex((low) => Math.abs(low - lows[last]!) > noise) + 1;
  return from <= last - least ? { kind: "steady", sinceNs: moment(from), untilNs } : { kind: "varies" };
}

/** The same of resident memory, which is sampled less often. */
export function residentTrendOf({ fromNs, timeNs, residentBytes }: Resident): Trend {
  const known = timeNs.flatMap((ns, index) => {
    const bytes = residentBytes[index] ?? null;
    return bytes === null ? [] : [{ ns, bytes }];
  });
  return trendOf({ fromNs, timeNs: known.map(({ ns }) => ns), liveBytes: known.map(({ bytes }) => bytes) });
}

type Resident = Pick<Timeline, "fromNs" | "timeNs" | "residentBytes">;

/** Lowest live bytes of each part; a part in which nothing is known has what was there before. */
function lowestOf({ fromNs, timeNs, liveBytes }: Pick<Timeline, "fromNs" | "timeNs" | "liveBytes">): {
  width: number;
  lows: number[];
} {
  const length = Math.max(1, (timeNs.at(-1) ?? fromNs) - fromNs);
  const width = 2 ** Math.floor(Math.log2(Math.max(1, length / PARTS)));
  const lows = new Array<number>(Math.ceil(length / width)).fill(Infinity);
  timeNs.forEach((ns, index) => {
    const part = Math.min(lows.length - 1, Math.max(0, Math.ceil((ns - fromNs) / width) - 1));
    lows[part] = Math.min(lows[part]!, liveBytes[index] ?? 0);
  });
  lows.forEach((low, part) => {
    if (low === Infinity) lows[part] = lows[part - 1] ?? 0;
  });
  return { width, lows };
}

/** The last part that has not risen yet, if that is later than a straight line would have it. */
function beginning(lows: readonly number[], from: number): number {
  const first = lows[from]! + FLAT * (lows.at(-1)! - lows[from]!);
  const begun = lows.findLastIndex((low) => low <= first);
  return begun - from > 3 * FLAT * (lows.length - 1 - from) ? begun : from;
}

/** The most that the values since `from` are away from the straight line between the first and the last of them. */
function bendOf(values: readonly number[], from: number): number {
  const last = values.length - 1;
  const slope = (values[last]! - values[from]!) / (last - from);
  let most = 0;
  for (let index = from; index <= last; index += 1)
    most = Math.max(most, Math.abs(values[index]! - values[from]! - slope * (index - from)));
  return most;
}
