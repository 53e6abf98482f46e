import type { ProcessScope } from "./scope.js";

/** How many allocations a row stands for: itself, or, where it was sampled, more. */
const WEIGHT = "if(sample_bytes = 0 OR size = 0, 1., 1 / (1 - exp(-(size / sample_bytes))))";

/** Aggregates over rows that meet a condition, as signed integers; `null` = over all. */
export interface SumExpressions {
  bytes: string;
  count: string;
}

export function sumsOf(scope: ProcessScope, condition: string | null, sign: "" | "-" = ""): SumExpressions {
  if (!scope.isSampled) {
    return condition === null
      ? { bytes: `${sign}toInt64(sum(size))`, count: `${sign}toInt64(count())` }
      : { bytes: `${sign}toInt64(sumIf(size, ${condition}))`, count: `${sign}toInt64(countIf(${condition}))` };
  }
  const weighted = (value: string): string =>
    `${sign}toInt64(round(${condition === null ? `sum(${value})` : `sumIf(${value}, ${condition})`}))`;
  return { bytes: weighted(`size * ${WEIGHT}`), count: weighted(WEIGHT) };
}

/** The variance of the sum of bytes, as an aggregate. */
export function varianceOf(scope: ProcessScope, condition: string | null, sign: "" | "-" = ""): string {
  if (!scope.isSampled) return "0.";
  const value = `pow(size * ${WEIGHT}, 2) * (1 - 1 / (${WEIGHT}))`;
  return `${sign}${condition === null ? `sum(${value})` : `sumIf(${value}, ${condition})`}`;
}
