import type { Measure } from "../shapes/index.js";
import { LATE_COLUMNS } from "./columns.js";
import { isAboutStacks } from "./culled.js";
import type { Params } from "./params.js";
import { predicate } from "./predicate.js";
import { rowBranches, type Sums } from "./stack-sums.js";
import type { Window } from "./scope.js";
import { whereProcess } from "./window.js";

const SECOND_NS = 1_000_000_000n;

interface Part {
  measure: "allocated" | "freed";
  sign: 1 | -1;
}

const PARTS: Partial<Record<Measure, readonly Part[]>> = {
  allocated: [{ measure: "allocated", sign: 1 }],
  freed: [{ measure: "freed", sign: 1 }],
  live: [
    { measure: "allocated", sign: 1 },
    { measure: "freed", sign: -1 },
  ],
};

const COLUMNS = {
  allocated: { bytes: "allocated_bytes", count: "allocations" },
  freed: { bytes: "freed_bytes", count: "frees" },
} as const;

/**
 * The same sums from the rollup per stack and second: whole seconds from `usage`, the edges of the window from rows.
 * Undefined when the rollup cannot answer: another measure, a condition on single allocations, or no whole second.
 */
export function usageBranches(sums: Sums, params: Params): string[] | undefined {
  const parts = PARTS[sums.measure];
  const seconds = wholeSeconds(sums.window);
  if (!parts || sums.scope.isPartial || !isAboutStacks(sums.filter) || seconds === undefined) return undefined;
  return parts.flatMap(({ measure, sign }) => [
    usageBranch(sums, seconds, { measure, sign }, params),
    ...edges(sums.window, seconds).flatMap((window) => rowBranches({ ...sums, measure, window }, params, sign)),
  ]);
}

interface Seconds {
  first: bigint | undefined;
  last: bigint | undefined;
}

function wholeSeconds({ fromNs, toNs }: Window): Seconds | undefined {
  const first = fromNs === undefined ? undefined : (fromNs + SECOND_NS - 1n) / SECOND_NS;
  const last = toNs === undefined ? undefined : (toNs + 1n) / SECOND_NS - 1n;
  return first !== undefined && last !== undefined && last < first ? undefined : { first, last };
}

function edges({ fromNs, toNs }: Window, { first, last }: Seconds): Window[] {
  const windows: Window[] = [];
  if (fromNs !== undefined && first !== undefined && first * SECOND_NS > fromNs)
    windows.push({ fromNs, toNs: first * SECOND_NS - 1n });
  if (toNs !== undefined && last !== undefined && (last + 1n) * SECOND_NS <= toNs)
    windows.push({ fromNs: (last + 1n) * SECOND_NS, toNs });
  return windows;
}

function usageBranch(sums: Sums, { first, last }: Seconds, { measure, sign }: Part, params: Params): string {
  const minus = sign < 0 ? "-" : "";
  const { bytes, count } = COLUMNS[measure];
  const where = whereProcess(sums.scope, params, [
    first === undefined ? undefined : `second >= ${params.bind(String(first), "UInt32")}`,
    last === undefined ? undefined : `second <= ${params.bind(String(last), "UInt32")}`,
    predicate(sums.filter, { params, scope: sums.scope, rows: LATE_COLUMNS }),
  ]);
  return `
  SELECT stack, ${minus}toInt64(sum(${bytes})) AS bytes, ${minus}toInt64(sum(${count})) AS count
  FROM usage
  WHERE ${where}
  GROUP BY stack`;
}
