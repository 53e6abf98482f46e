import { isEverything, type Filter } from "../ast.js";
import { factsOf } from "../sql/measures.js";
import { Params, type CompiledQuery } from "../sql/params.js";
import { rowSets, type RowSet } from "../sql/rows.js";
import type { ProcessScope } from "../sql/scope.js";
import { sumsOf } from "../sql/weights.js";

/**
 * A window cut into intervals of `stepNs`. Interval i ends at `fromNs + (i + 1) * stepNs` and includes its end; the first
 * includes its beginning too. What happened before the window counts as interval -1.
 */
export interface TimelineQuestion {
  scope: ProcessScope;
  fromNs: bigint;
  toNs: bigint;
  stepNs: bigint;
  filter: Filter;
}

/**
 * What the blocks say about the window, in one row: how many there are, how many events they hold, and the state at the
 * end of the last block before, from which sums within the window go on.
 */
export function compileTimelineScale({ scope, fromNs, toNs }: TimelineQuestion): CompiledQuery {
  const params = new Params();
  const from = params.time(fromNs);
  const to = params.time(toNs);
  const process = params.bind(scope.process, "UInt64");
  const first = `(SELECT min(block) FROM blocks WHERE process = ${process} AND end_ns >= ${from})`;
  return params.query(`
SELECT
  countIf(inside) AS blocks,
  sumIf(toUInt64(allocations) + frees, inside) AS events,
  maxIf(block, NOT inside AND block < ${first}) AS before,
  argMaxIf(live_bytes, block, NOT inside AND block < ${first}) AS live_before,
  argMaxIf(live_allocations, block, NOT inside AND block < ${first}) AS count_before,
  minIf(first_allocation, inside) AS first_id,
  maxIf(first_allocation + allocations, inside) AS end_id,
  maxIf(block, inside) AS last_block
FROM (SELECT *, block >= ${first} AND start_ns <= ${to} AS inside FROM blocks FINAL WHERE process = ${process})`);
}

/** One row per interval that a block ends in, from the totals that the sender keeps: `bucket`, live, peak, sums, memory. */
export function compileTimelineBlocks(question: TimelineQuestion): CompiledQuery {
  const params = new Params();
  const { scope, fromNs, toNs } = question;
  return params.query(`
SELECT
  ${bucketOf("end_ns", question, params)} AS bucket,
  argMax(live_bytes, block) AS live,
  argMax(live_allocations, block) AS live_count,
  max(peak_live_bytes) AS peak,
  sum(allocated_bytes) AS allocated,
  sum(all_allocations) AS allocated_count,
  sum(all_frees) AS freed_count,
  argMax(live_bytes_deviation, block) AS live_deviation,
  argMaxIf(resident_bytes, block, resident_bytes > 0) AS resident,
  argMaxIf(anonymous_bytes, block, resident_bytes > 0) AS anonymous,
  argMax(cgroup_limit_bytes, block) AS memory_limit
FROM blocks FINAL
WHERE process = ${params.bind(scope.process, "UInt64")} AND end_ns BETWEEN ${params.time(fromNs)} AND ${params.time(toNs)}
GROUP BY bucket
ORDER BY bucket
LIMIT 100000`);
}

/** Single blocks that overlap the window, times relative to its beginning. */
export function compileTimelineSpans({ scope, fromNs, toNs }: TimelineQuestion): CompiledQuery {
  const params = new Params();
  const from = params.time(fromNs);
  return params.query(`
SELECT
  totals_start_ns - ${from} AS start,
  end_ns - ${from} AS end,
  live_bytes AS live,
  live_allocations AS live_count,
  allocated_bytes AS allocated,
  all_allocations AS allocated_count,
  all_frees AS freed_count,
  live_bytes_deviation AS live_deviation
FROM blocks FINAL
WHERE process = ${params.bind(scope.process, "UInt64")} AND end_ns >= ${from} AND start_ns <= ${params.time(toNs)}
ORDER BY block
LIMIT 100000`);
}

/** Peaks and memory samples of single blocks, with the interval that each lies in: what rows cannot tell. */
export function compileTimelineMarks(question: TimelineQuestion): CompiledQuery {
  const params = new Params();
  const { scope, fromNs, toNs } = question;
  const [from, to] = [params.time(fromNs), params.time(toNs)];
  return params.query(`
SELECT
  if(peak_ns BETWEEN ${from} AND ${to}, ${bucketOf("peak_ns", question, params)}, -1) AS peak_bucket,
  peak_live_bytes AS peak,
  if(resident_bytes > 0 AND sampled_ns BETWEEN ${from} AND ${to}, ${bucketOf("sampled_ns", question, params)}, -1) AS sample_bucket,
  resident_bytes AS resident,
  anonymous_bytes AS anonymous,
  cgroup_limit_bytes AS memory_limit
FROM blocks FINAL
WHERE process = ${params.bind(scope.process, "UInt64")} AND (peak_ns BETWEEN ${from} AND ${to} OR sampled_ns BETWEEN ${from} AND ${to})
ORDER BY block
LIMIT 100000`);
}

/** Where the rows of a timeline begin: everything up to here is in the state before. */
export interface TimelineBase {
  afterBlock: number;
  firstId: string;
  endId: string;
  lastBlock: number;
}

/**
 * One row per interval with events: `bucket`, net live, and sums, from single rows. Without a base (any filter) the rows of
 * the whole run before the window are added up in interval -1.
 */
export function compileTimelineRows(question: TimelineQuestion, base: TimelineBase | undefined): CompiledQuery {
  const params = new Params();
  const sets = rowSets(question.filter, question.scope, params);
  const branches = sets.flatMap((rows) => eventBranches(rows, question, base, params));
  return params.query(`
SELECT
  bucket,
  toInt64(sum(born_bytes)) - toInt64(sum(ended_bytes)) AS net_bytes,
  toInt64(sum(born)) - toInt64(sum(ended)) AS net_count,
  sum(born_bytes) AS allocated,
  sum(born) AS allocated_count,
  sum(ended) AS freed_count
FROM
(${branches.join("\n  UNION ALL")}
)
GROUP BY bucket
ORDER BY bucket
LIMIT 100001`);
}

/** Whether sums can go on from the blocks before the window: they know no filter. */
export function hasTimelineBase(filter: Filter): boolean {
  return isEverything(filter);
}

function eventBranches(
  rows: RowSet,
  question: TimelineQuestion,
  base: TimelineBase | undefined,
  params: Params,
): string[] {
  const facts = factsOf(rows, { toNs: question.toNs }, params);
  const range = base ? baseRange(rows, base, params) : [];
  const sums = plainSums(question);
  const frees = select(
    rows,
    bucketOf(facts.freeTime, question, params),
    ["0", "0", sums.bytes, sums.count],
    [...range, facts.freed],
  );
  if (rows.role === "correction") return [frees];
  return [
    select(
      rows,
      bucketOf(facts.time, question, params),
      [sums.bytes, sums.count, "0", "0"],
      [...range, facts.allocated],
    ),
    frees,
  ];
}

/** As unsigned sums, since nothing is taken away here. */
function plainSums({ scope }: TimelineQuestion): { bytes: string; count: string } {
  return scope.isSampled ? sumsOf(scope, null) : { bytes: "sum(size)", count: "count()" };
}

function select(rows: RowSet, bucket: string, sums: readonly string[], conditions: readonly string[]): string {
  const [bornBytes, born, endedBytes, ended] = sums;
  return `
  SELECT ${bucket} AS bucket, ${bornBytes} AS born_bytes, ${born} AS born, ${endedBytes} AS ended_bytes, ${ended} AS ended
  FROM ${rows.from}
  WHERE ${rows.where(conditions)}
  GROUP BY bucket`;
}

function baseRange(rows: RowSet, base: TimelineBase, params: Params): string[] {
  const { firstId, endId, afterBlock, lastBlock } = base;
  if (rows.table !== "late_frees")
    return [`id >= ${params.bind(firstId, "UInt64")}`, `id < ${params.bind(endId, "UInt64")}`];
  return [`block > ${params.bind(afterBlock, "UInt32")}`, `block <= ${params.bind(lastBlock, "UInt32")}`];
}

function bucketOf(time: string, { fromNs, stepNs }: TimelineQuestion, params: Params): string {
  const from = params.time(fromNs);
  return `toInt32(multiIf(${time} < ${from}, -1, ${time} = ${from}, 0, intDiv(${time} - ${from} - 1, ${params.time(stepNs)})))`;
}
