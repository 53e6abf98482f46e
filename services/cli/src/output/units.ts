const binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;
const timeUnits = [
  { ns: 1, name: "ns" },
  { ns: 1e3, name: "µs" },
  { ns: 1e6, name: "ms" },
  { ns: 1e9, name: "s" },
] as const;

function threeDigits(value: number): string {
  if (value >= 100) return value.toFixed(0);
  return value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** 1536 -> "1.50 KiB". */
export function bytes(value: number): string {
  let scaled = Math.abs(value);
  let unit = 0;
  // 1023.5 KiB would round to "1024 KiB".
  while (scaled >= 1023.5 && unit < binaryUnits.length - 1) {
    scaled /= 1024;
    unit++;
  }
  const sign = value < 0 ? "-" : "";
  const digits = unit === 0 ? String(Math.round(scaled)) : threeDigits(scaled);
  return `${sign}${digits} ${binaryUnits[unit] ?? "B"}`;
}

/** 1234567 -> "1 234 567". */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, " ");
}

/** 1.5e9 -> "1.50 s", 90e9 -> "1 m 30 s". */
export function duration(ns: number): string {
  const seconds = Math.round(ns / 1e9);
  if (seconds >= 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} m`;
  if (seconds >= 60) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`;
  const unit = timeUnits.findLast((each) => ns >= each.ns) ?? timeUnits[0];
  return unit.ns === 1 ? `${Math.round(ns)} ns` : `${threeDigits(ns / unit.ns)} ${unit.name}`;
}
