import type { Filter } from "../ast.js";
import type { Measure } from "../shapes/index.js";
import { NEVER } from "../sql/columns.js";
import { culledAmounts, CULLED_LIFETIMES, culledRows } from "../sql/culled.js";
import { factsOf, isTemporary, termOf, type Facts } from "../sql/measures.js";
import { Params, type CompiledQuery } from "../sql/params.js";
import { rowSets, type RowSet } from "../sql/rows.js";
import type { ProcessScope, Window } from "../sql/scope.js";
import { sumsOf, varianceOf } from "../sql/weights.js";
import { allocationRange, lateFreeRange } from "../sql/window.js";

/** Columns that groups can be sorted by, as they are named in the result. */
export const GROUP_SORTS = [
  "bytes",
  "count",
  "allocatedBytes",
  "allocations",
  "freedBytes",
  "frees",
  "leakedBytes",
  "leaked",
  "temporaries",
  "minSize",
  "maxSize",
  "firstNs",
  "lastNs",
  "meanLifetimeNs",
] as const;

export type GroupSort = (typeof GROUP_SORTS)[number];

export interface GroupsQuestion {
  scope: ProcessScope;
  measure: Measure;
  /** For `live`: up to the instant. */
  window: Window;
  filter: Filter;
  sort: GroupSort;
  order: "asc" | "desc";
  limit: number;
  offset: number;
}

/**
 * Statistics per stack; each row carries the totals of all. `bytes` and `count` are the measure; the other figures
 * concern what was allocated (frees: freed) within the window. For the measure `freed`, sizes, times and lifetimes are those of
 * the frees.
 */
export function compileGroups(question: GroupsQuestion): CompiledQuery {
  const params = new Params();
  const { scope, filter, order, sort } = question;
  const branches = [
    ...rowSets(filter, scope, params).map((rows) => branch(rows, question, params)),
    ...culledBranch(question, params),
  ];
  const deviation = scope.isSampled ? "sqrt(greatest(sum(v), 0.))" : "0.";
  const totalVariance = scope.isSampled ? "sum(greatest(sum(v), 0.)) OVER ()" : "0.";
  const started = params.time(scope.startedNs);
  return params.query(`
SELECT
  stack,
  toInt64(sum(b)) AS bytes,
  toInt64(sum(c)) AS count,
  sum(allocated_bytes) AS allocatedBytes,
  sum(allocated_count) AS allocations,
  sum(freed_bytes) AS freedBytes,
  sum(freed_count) AS frees,
  sum(leaked_bytes) AS leakedBytes,
  sum(leaked_count) AS leaked,
  sum(temporary_count) AS temporaries,
  ifNull(min(min_size), 0) AS minSize,
  ifNull(max(max_size), 0) AS maxSize,
  ifNull(min(first_ns), ${started}) - ${started} AS firstNs,
  ifNull(max(last_ns), ${started}) - ${started} AS lastNs,
  if(sum(lifetime_count) = 0, NULL, sum(lifetime_sum) / sum(lifetime_count)) AS meanLifetimeNs,
  count() OVER () AS totalStacks,
  sum(bytes) OVER () AS totalBytes,
  sum(count) OVER () AS totalCount,
  ${deviation} AS bytesDeviation,
  sqrt(${totalVariance}) AS totalBytesDeviation
FROM
(${branches.join("\n  UNION ALL")}
)
GROUP BY stack
HAVING count > 0
ORDER BY ${sort} ${order === "asc" ? "ASC" : "DESC"} NULLS LAST, stack
LIMIT ${params.bind(question.limit, "UInt32")} OFFSET ${params.bind(question.offset, "UInt32")}`);
}

function branch(rows: RowSet, question: GroupsQuestion, params: Params): string {
  const { measure, window, scope } = question;
  const facts = factsOf(rows, window, params);
  const isBounded = window.fromNs !== undefined || window.toNs !== undefined;
  const range = rangeOf(rows, window, scope, params);
  const relevant = isBounded ? `(${facts.allocated} OR ${facts.freed})` : undefined;
  return `
  SELECT
    stack,
    ${measured(measure, rows, facts, scope)}
    ${history(rows, facts, scope)}
    ${extremes(measure, rows, facts)}
  FROM ${rows.from}
  WHERE ${rows.where([...range, relevant])}
  GROUP BY stack`;
}

/** What was culled: allocated and freed in the window, about as long alive as its histogram says. */
function culledBranch({ measure, window, scope, filter }: GroupsQuestion, params: Params): string[] {
  const rows = culledRows({ scope, filter, window }, params);
  if (rows === undefined) return [];
  const amounts = culledAmounts(measure) ?? { bytes: "0", count: "0" };
  const temporary = culledAmounts("temporary")!;
  const all = "toInt64(sum(bytes))";
  const count = "toInt64(sum(allocations))";
  return [
    `
  SELECT
    stack,
    toInt64(sum(${amounts.bytes})) AS b, toInt64(sum(${amounts.count})) AS c,${scope.isSampled ? " 0. AS v," : ""}
    ${all} AS allocated_bytes, ${count} AS allocated_count,
    ${all} AS freed_bytes, ${count} AS freed_count,
    toInt64(0) AS leaked_bytes, toInt64(0) AS leaked_count,
    toInt64(sum(${temporary.bytes})) AS temporary_bytes, toInt64(sum(${temporary.count})) AS temporary_count,
    NULL AS min_size, NULL AS max_size,
    min(start_ns) AS first_ns, max(end_ns) AS last_ns,
    sum(${CULLED_LIFETIMES}) AS lifetime_sum, sum(allocations) AS lifetime_count
  FROM (SELECT stack, start_ns, end_ns, allocations, bytes, lifetimes FROM ${rows})
  GROUP BY stack`,
  ];
}

/** Statistics concern both ends of allocations: a range must hold for those made and those freed in the window. */
function rangeOf(rows: RowSet, window: Window, scope: ProcessScope, params: Params): string[] {
  if (rows.table === "allocations") return allocationRange(window, scope, params);
  return rows.table === "late_frees" ? lateFreeRange({ fromNs: window.fromNs }, scope, params) : [];
}

function sums(name: string, sign: "" | "-", condition: string | null, scope: ProcessScope): string {
  const { bytes, count } = condition === null ? { bytes: "0", count: "0" } : sumsOf(scope, condition, sign);
  return `${bytes} AS ${name === "" ? "b" : `${name}_bytes`}, ${count} AS ${name === "" ? "c" : `${name}_count`},`;
}

function measured(measure: Measure, rows: RowSet, facts: Facts, scope: ProcessScope): string {
  const term = termOf(measure, rows, facts);
  const sign = term?.sign === -1 ? "-" : "";
  const variance = scope.isSampled ? ` ${term ? varianceOf(scope, term.condition, sign) : "0."} AS v,` : "";
  return sums("", sign, term?.condition ?? null, scope) + variance;
}

function history(rows: RowSet, facts: Facts, scope: ProcessScope): string {
  const isCorrection = rows.role === "correction";
  return [
    sums("allocated", "", isCorrection ? null : facts.allocated, scope),
    sums("freed", "", facts.freed, scope),
    isCorrection ? sums("leaked", "-", facts.allocated, scope) : sums("leaked", "", facts.open, scope),
    sums("temporary", "", isTemporary(facts), scope),
  ].join("\n    ");
}

function extremes(measure: Measure, rows: RowSet, facts: Facts): string {
  const ofFrees = measure === "freed";
  const known = ofFrees ? facts.freed : rows.role === "correction" ? NEVER : facts.allocated;
  const time = ofFrees ? facts.freeTime : facts.time;
  const ended = ofFrees ? facts.freed : facts.ended;
  return [
    `minOrNullIf(size, ${known}) AS min_size, maxOrNullIf(size, ${known}) AS max_size,`,
    `minOrNullIf(${time}, ${known}) AS first_ns, maxOrNullIf(${time}, ${known}) AS last_ns,`,
    `sumIf(toFloat64(lifetime_ns), ${ended}) AS lifetime_sum, countIf(${ended}) AS lifetime_count`,
  ].join("\n    ");
}
