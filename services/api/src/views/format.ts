const UNITS = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
const THIN_SPACE = "\u202f";

/** Three significant digits with a binary unit: `212 MiB`, `1.50 KiB`, `17 B`. */
export function formatBytes(bytes: number): string {
  let value = Math.abs(bytes);
  let unit = 0;
  while (value >= 999.5 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 ? 0 : value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${bytes < 0 ? "-" : ""}${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** `1 204`, with thin spaces. */
export function formatCount(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, THIN_SPACE);
}

/** `12.3 s`, `2 h 10 m`, `350 ms`. */
export function formatDuration(ns: number): string {
  const seconds = ns / 1e9;
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} m`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)} m ${Math.floor(seconds % 60)} s`;
  if (seconds >= 1) return `${trim(seconds)} s`;
  if (ns >= 1e6) return `${trim(ns / 1e6)} ms`;
  return ns >= 1e3 ? `${trim(ns / 1e3)} µs` : `${ns} ns`;
}

function trim(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** `1 stack`, `1 204 stacks`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;
}
