/**
 * Numbers as people read them: binary units with three significant digits, thin grouping, durations in the unit that fits.
 * Everything else in the program is bytes and nanoseconds.
 */

/** Narrow no-break space: groups digits and stands between number and unit. */
export const THIN = "\u202f";

/** Before a figure that is computed from samples. */
export const ESTIMATED = `≈${THIN}`;

/** Standard deviations to each side that hold the truth 19 times out of 20. */
export const CONFIDENCE = 1.96;

const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** "212 MiB", "1.50 KiB", "17 B". A value that would need four digits moves to the next unit (1 010 KiB is 0.986 MiB). */
export function formatBytes(bytes: number): string {
  if (!Number.isFinite(bytes)) return "–";
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${bytes < 0 ? "−" : ""}${unit === 0 ? String(Math.round(value)) : significant(value)}${THIN}${BYTE_UNITS[unit] ?? ""}`;
}

/** "1 204": every digit, thinly grouped. */
export function formatCount(count: number): string {
  if (!Number.isFinite(count)) return "–";
  return Math.round(count)
    .toString()
    .replace("-", "−")
    .replace(/\B(?=(\d{3})+$)/g, THIN);
}

/** "1.20 M": three significant digits, for axes and narrow cells; exact below 10,000. */
export function formatCompact(count: number): string {
  const size = Math.abs(count);
  if (size < 10_000) return formatCount(count);
  const [scale, unit] = size >= 999.5e6 ? [1e9, "G"] : size >= 999.5e3 ? [1e6, "M"] : [1e3, "k"];
  return `${significant(count / scale)}${THIN}${unit}`;
}

/** "34.2 %"; what is there but rounds to nothing is "< 0.01 %". */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (!Number.isFinite(percent)) return "–";
  if (percent > 0 && percent < 0.01) return `<${THIN}0.01${THIN}%`;
  const digits = percent >= 99.95 ? 0 : percent >= 10 ? 1 : 2;
  return `${percent === 0 ? "0" : percent.toFixed(digits)}${THIN}%`;
}

/** "850 ns", "12.3 ms", "59.9 s", "2 min 05 s", "2 h 10 min", "3 d 4 h". */
export function formatDuration(ns: number): string {
  if (!Number.isFinite(ns)) return "–";
  if (ns < 0) return `−${formatDuration(-ns)}`;
  if (ns < 59.95e9) return formatShortDuration(ns);
  const seconds = Math.round(ns / 1e9);
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${THIN}min${THIN}${two(seconds % 60)}${THIN}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)}${THIN}h${THIN}${two(minutes % 60)}${THIN}min`;
  return `${Math.floor(minutes / 1440)}${THIN}d${THIN}${Math.floor((minutes % 1440) / 60)}${THIN}h`;
}

function formatShortDuration(ns: number): string {
  if (ns === 0) return `0${THIN}s`;
  if (ns < 999.5) return `${Math.round(ns)}${THIN}ns`;
  if (ns < 999.5e3) return `${significant(ns / 1e3)}${THIN}µs`;
  if (ns < 999.5e6) return `${significant(ns / 1e6)}${THIN}ms`;
  return `${significant(ns / 1e9)}${THIN}s`;
}

/**
 * A moment of a process, as fine as `stepNs` asks: "12.345 s", "2:05.10", "1:02:05". Windows of a millisecond late in a long
 * run still have two different ends.
 */
export function formatMoment(ns: number, stepNs: number): string {
  const digits = Math.max(0, Math.min(9, Math.ceil(-Math.log10(Math.max(stepNs, 1) / 1e9))));
  const seconds = ns / 1e9;
  if (Math.abs(seconds) < 60) return `${seconds.toFixed(digits)}${THIN}s`;
  const rounded = Number(seconds.toFixed(digits));
  const hours = Math.floor(rounded / 3600);
  const minutes = Math.floor((rounded % 3600) / 60);
  const rest = (rounded % 60).toFixed(digits).padStart(digits > 0 ? digits + 3 : 2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** Wall clock of a moment in the reader's zone, and in UTC for the hover text. */
export function wallClock(startedUnixNs: string, offsetNs: number): { local: string; utc: string; day: string } {
  const date = new Date(Number(BigInt(startedUnixNs) / 1_000_000n) + offsetNs / 1e6);
  if (Number.isNaN(date.getTime())) return { local: "–", utc: "–", day: "–" };
  const two2 = (value: number): string => two(value);
  return {
    local: `${two2(date.getHours())}:${two2(date.getMinutes())}:${two2(date.getSeconds())}`,
    utc: date.toISOString().replace("T", " ").replace("Z", " UTC"),
    day: `${date.getFullYear()}-${two2(date.getMonth() + 1)}-${two2(date.getDate())}`,
  };
}

function significant(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2);
}

const two = (value: number): string => String(value).padStart(2, "0");
