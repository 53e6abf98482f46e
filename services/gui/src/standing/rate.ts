import { formatBytes } from "../format/format";

const MINUTE_NS = 60e9;

/** "+1.20 MiB/s", per minute or per hour: in the unit that the time it was seen for can bear. */
export function rateOf(bytesPerSecond: number, spanNs: number): string {
  const [seconds, unit] = spanNs < 2 * MINUTE_NS ? [1, "s"] : spanNs < 120 * MINUTE_NS ? [60, "min"] : [3600, "h"];
  return `+${formatBytes(bytesPerSecond * seconds)}/${unit}`;
}
