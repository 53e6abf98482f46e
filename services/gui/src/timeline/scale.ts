import type { TimeWindow } from "../question/question";

/** Round values from 0 up to `max`: powers of two for bytes (256 MiB, not 250), powers of ten with 1-2-5 for counts. */
export function valueTicks(max: number, most: number, binary: boolean): number[] {
  if (max <= 0) return [0];
  const step = binary ? 2 ** Math.ceil(Math.log2(max / most)) : decimalStep(max / most);
  const ticks: number[] = [];
  for (let tick = 0; tick <= max * 1.000_001; tick += Math.max(step, 1)) ticks.push(tick);
  return ticks;
}

const MINUTE = 60e9;
const LONG_STEPS = [MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE];
const HOUR_STEPS = [1, 2, 3, 6, 12, 24, 48, 168].map((hours) => hours * 60 * MINUTE);

/** Round moments within a window, and the step between them (for how many digits to write). */
export function timeTicks({ fromNs, toNs }: TimeWindow, most: number): { stepNs: number; ticks: number[] } {
  const rough = Math.max((toNs - fromNs) / most, 1);
  const long = [15e9, 30e9, ...LONG_STEPS, ...HOUR_STEPS].find((step) => step >= rough);
  const stepNs = rough <= 10e9 ? decimalStep(rough) : (long ?? decimalStep(rough / 86_400e9) * 86_400e9);
  const ticks: number[] = [];
  for (let tick = Math.ceil(fromNs / stepNs) * stepNs; tick <= toNs; tick += stepNs) ticks.push(tick);
  return { stepNs, ticks };
}

function decimalStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = rough / power;
  return power * (factor <= 1.000_001 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
}

/** Index of the interval that holds a moment; `timeNs` are the ends of the intervals. -1 without any. */
export function intervalAt(timeNs: readonly number[], ns: number): number {
  let low = 0;
  let high = timeNs.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (timeNs[middle]! < ns) low = middle + 1;
    else high = middle;
  }
  return high;
}
