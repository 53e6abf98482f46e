import { parseDuration } from "@heaphound/query";
import { AppError, z } from "@heaphound/service-kit";

/** A range of the clock, nanoseconds since the Unix epoch. */
export interface TimeRange {
  fromNs: bigint;
  toNs: bigint;
}

const HOUR_NS = 3_600_000_000_000n;
/** 1970 in nanoseconds would be years of durations: what has so many digits is a point in time. */
const CLOCK_DIGITS = /^\d{16,19}$/;

/** `1h30m` (that long ago), ISO 8601, or nanoseconds since the Unix epoch; undefined when it is none. */
export function parseClock(text: string, nowNs: bigint): bigint | undefined {
  if (CLOCK_DIGITS.test(text)) return BigInt(text);
  const ago = parseDuration(text);
  if (ago !== undefined) return nowNs - BigInt(ago);
  const ms = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(ms) ? undefined : BigInt(ms) * 1_000_000n;
}

const clock = z.string().max(40).optional();

/** Parameters `from` and `to` of views of a fleet. */
export const clockRange = { from: clock, to: clock };

/** The last hour, where nothing is said. */
export function timeRange(given: { from?: string | undefined; to?: string | undefined }): TimeRange {
  const nowNs = BigInt(Date.now()) * 1_000_000n;
  const toNs = given.to === undefined ? nowNs : point("to", given.to, nowNs);
  const fromNs = given.from === undefined ? toNs - HOUR_NS : point("from", given.from, nowNs);
  if (fromNs >= toNs) throw bad("`from` is not before `to`", "Give a range of the clock, the earlier time first.");
  return { fromNs, toNs };
}

function point(name: string, text: string, nowNs: bigint): bigint {
  const parsed = parseClock(text, nowNs);
  if (parsed !== undefined) return parsed;
  throw bad(
    `${name}: ${JSON.stringify(text)} is no point in time`,
    "Give 1h (that long ago), 2026-05-01T12:00:00Z or nanoseconds since the Unix epoch.",
  );
}

function bad(message: string, advice: string): AppError {
  return new AppError(message, { code: "bad_parameters", advice, httpStatus: 400 });
}
