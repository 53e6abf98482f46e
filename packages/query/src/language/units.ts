import type { Instant } from "../ast.js";

const SIZE_UNITS: readonly (readonly [string, number])[] = [
  ["TiB", 2 ** 40],
  ["GiB", 2 ** 30],
  ["MiB", 2 ** 20],
  ["KiB", 2 ** 10],
  ["B", 1],
];
const DECIMAL_SIZES: Readonly<Record<string, number>> = { kb: 1e3, mb: 1e6, gb: 1e9, tb: 1e12 };

const DURATION_UNITS: readonly (readonly [string, number])[] = [
  ["d", 86_400e9],
  ["h", 3_600e9],
  ["m", 60e9],
  ["s", 1e9],
  ["ms", 1e6],
  ["us", 1e3],
  ["ns", 1],
];

const SIZE_BY_NAME = new Map<string, number>([
  ...SIZE_UNITS.map(([name, bytes]) => [name.toLowerCase(), bytes] as const),
  ...Object.entries(DECIMAL_SIZES),
  ["", 1],
]);
const DURATION_BY_NAME = new Map<string, number>([...DURATION_UNITS, ["µs", 1e3], ["min", 60e9]]);

/** `1MiB`, `1.5KiB`, `4kB`, `123B` or `123`; undefined when it is none. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text);
  if (!match) return undefined;
  const unit = SIZE_BY_NAME.get(match[2]?.toLowerCase() ?? "");
  return unit === undefined ? undefined : whole(Number(match[1]) * unit);
}

/** `10ms`, `1.5s`, `1m30s`, or plain nanoseconds; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  if (/^\d+$/.test(text)) return whole(Number(text));
  if (!/^(?:\d+(?:\.\d+)?[a-zµ]+)+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, amount, name] of text.matchAll(/(\d+(?:\.\d+)?)([a-zµ]+)/g)) {
    const unit = DURATION_BY_NAME.get(name ?? "");
    if (unit === undefined) return undefined;
    sum += Number(amount) * unit;
  }
  return whole(sum);
}

/** A duration since the start of the process, or `40%` of its run; undefined when it is neither. */
export function parseInstant(text: string): Instant | undefined {
  const percent = /^(\d+(?:\.\d{1,4})?)%$/.exec(text);
  if (percent) return Number(percent[1]) <= 100 ? { unit: "percent", percent: Number(percent[1]) } : undefined;
  const ns = parseDuration(text);
  return ns === undefined ? undefined : { unit: "ns", ns };
}

/** The shortest exact text: 1048576 is `1MiB`, 1048577 is `1048577B`. */
export function printSize(bytes: number): string {
  return printExact(bytes, SIZE_UNITS, "B");
}

/** The shortest exact text: 1500000 is `1500us`. */
export function printDuration(ns: number): string {
  return printExact(ns, DURATION_UNITS, "s");
}

export function printInstant(instant: Instant): string {
  return instant.unit === "percent" ? `${instant.percent}%` : printDuration(instant.ns);
}

/** Nanoseconds since the start of a process that has run for `durationNs`. */
export function instantToNs(instant: Instant, durationNs: number): number {
  return instant.unit === "ns" ? instant.ns : Math.round((durationNs * instant.percent) / 100);
}

function printExact(value: number, units: readonly (readonly [string, number])[], zeroUnit: string): string {
  if (value === 0) return `0${zeroUnit}`;
  const [name, factor] = units.find(([, factor]) => value % factor === 0) ?? ["", 1];
  return `${value / factor}${name}`;
}

function whole(value: number): number | undefined {
  const rounded = Math.round(value);
  return Number.isSafeInteger(rounded) ? rounded : undefined;
}
