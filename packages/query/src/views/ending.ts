import { EVERYTHING } from "../ast.js";
import { factsOf, termOf } from "../sql/measures.js";
import { Params, type CompiledQuery } from "../sql/params.js";
import { rowSets, type RowSet } from "../sql/rows.js";
import type { Measure } from "../shapes/index.js";
import type { ProcessScope, Window } from "../sql/scope.js";
import { usageBranches } from "../sql/usage.js";
import { sumsOf } from "../sql/weights.js";

export interface EndingQuestion {
  scope: ProcessScope;
  /** Unix nanoseconds: the begin of the window; it ends with the recording. */
  fromNs: bigint;
  /** Stacks of each order. */
  limit: number;
  /** From the rollup by seconds where it can answer: less to read of a process with millions of events. */
  preferUsage?: boolean;
}

/**
 * What each stack holds at the end, and how much of that came within the window: the first by live bytes and the first by
 * growth, with the totals of all in each row. Stacks of which nothing is left are gone before anything is put in order: they are
 * most of them. What was culled came and went within moments and changes neither figure.
 */
export function compileEndingStacks(question: EndingQuestion): CompiledQuery {
  const params = new Params();
  const limit = params.bind(question.limit, "UInt32");
  const branches = (question.preferUsage ? usageSums(question, params) : undefined) ?? rowSums(question, params);
  return params.query(`
SELECT stack, live_bytes, live_count, growth_bytes, growth_count, total_growth_bytes, total_growth_count
FROM
(
  SELECT
    stack,
    toInt64(sum(live_b)) AS live_bytes, toInt64(sum(live_c)) AS live_count,
    toInt64(sum(grown_b) - sum(gone_b)) AS growth_bytes, toInt64(sum(grown_c) - sum(gone_c)) AS growth_count,
    sum(growth_bytes) OVER () AS total_growth_bytes, sum(growth_count) OVER () AS total_growth_count,
    row_number() OVER (ORDER BY live_bytes DESC, stack) AS by_live,
    row_number() OVER (ORDER BY growth_bytes DESC, stack) AS by_growth
  FROM
  (${branches.join("\n    UNION ALL")}
  )
  GROUP BY stack
  HAVING live_bytes != 0 OR growth_bytes != 0 OR growth_count != 0
)
WHERE (by_live <= ${limit} OR (by_growth <= ${limit} AND growth_bytes > 0)) AND (live_bytes != 0 OR growth_bytes != 0)
ORDER BY live_bytes DESC, stack`);
}

/** Live, grown and gone one after another from the rollup; undefined where it cannot answer. */
function usageSums({ scope, fromNs }: EndingQuestion, params: Params): string[] | undefined {
  const sums = (measure: Measure, window: Window): string[] | undefined =>
    usageBranches({ scope, measure, window, filter: EVERYTHING }, params);
  const live = sums("live", {});
  const grown = sums("allocated", { fromNs });
  const gone = sums("freed", { fromNs });
  if (!live || !grown || !gone) return undefined;
  return [
    ...live.map((rows) => only("live", rows)),
    ...grown.map((rows) => only("grown", rows)),
    ...gone.map((rows) => only("gone", rows)),
  ];
}

const FIGURES = ["live", "grown", "gone"] as const;

/** The sums of a subquery as one of the figures, beside nothing of the others. */
function only(figure: (typeof FIGURES)[number], rows: string): string {
  const columns = FIGURES.map((name) =>
    named(name, name === figure ? { bytes: "bytes", count: "count" } : { bytes: "toInt64(0)", count: "toInt64(0)" }),
  );
  return `
    SELECT stack, ${columns.join(", ")}
    FROM (${rows}
    )`;
}

/** All figures in one pass over the rows. */
function rowSums(question: EndingQuestion, params: Params): string[] {
  return rowSets(EVERYTHING, question.scope, params).map((rows) => branch(rows, question, params));
}

function branch(rows: RowSet, { scope, fromNs }: EndingQuestion, params: Params): string {
  const all = factsOf(rows, {}, params);
  const window: Window = { fromNs };
  const facts = factsOf(rows, window, params);
  const live = termOf("live", rows, all)!;
  const isCorrection = rows.role === "correction";
  return `
    SELECT
      stack,
      ${named("live", sumsOf(scope, live.condition, live.sign === -1 ? "-" : ""))},
      ${isCorrection ? "toInt64(0) AS grown_b, toInt64(0) AS grown_c" : named("grown", sumsOf(scope, facts.allocated))},
      ${named("gone", sumsOf(scope, facts.freed))}
    FROM ${rows.from}
    WHERE ${rows.where([])}
    GROUP BY stack`;
}

function named(name: string, { bytes, count }: { bytes: string; count: string }): string {
  return `${bytes} AS ${name}_b, ${count} AS ${name}_c`;
}

/** How the container run that the process began in ended, and how often the kernel killed in its control group. */
export function compileContainerEnd({ process, startedNs }: ProcessScope): CompiledQuery {
  const params = new Params();
  const key = params.bind(process, "UInt64");
  const started = params.time(startedNs);
  return params.query(`
SELECT
  toString(reason) AS reason, exit_code, signal, restarts, limit_bytes, finished_ns - ${started} AS finished
FROM container_ends FINAL
WHERE ${inContainerOf(key)}
  AND started_ns <= ${started} + ${CLOCK_SLACK_NS} AND finished_ns >= ${started} - ${CLOCK_SLACK_NS}
ORDER BY started_ns DESC
LIMIT 1`);
}

/** A scalar is worked out once, before shards are asked: pods and their processes lie in different ones. */
function inContainerOf(process: string): string {
  const fact = (column: string): string => `(SELECT any(${column}) FROM processes WHERE process = ${process})`;
  return `pod_uid != '' AND pod_uid = ${fact("pod_uid")} AND container = ${fact("container")}`;
}

/** The kubelet's times are whole seconds of another clock. */
const CLOCK_SLACK_NS = 2_000_000_000;

/**
 * The kernel's counter of kills in a control group, before and after a process: as the process itself saw it last, and as other
 * processes of the same container saw it later. A count that has grown says that something there was killed for memory.
 */
export function compileOomKills({ process, startedNs }: ProcessScope, endedNs: bigint): CompiledQuery {
  const params = new Params();
  const key = params.bind(process, "UInt64");
  const ended = params.time(endedNs);
  return params.query(`
SELECT
  (SELECT argMax(cgroup_oom_kills, time_ns) FROM memory_samples WHERE process = ${key}) AS before,
  maxIf(cgroup_oom_kills, process != ${key}) AS after
FROM memory_samples
WHERE time_ns BETWEEN ${params.time(startedNs)} AND ${ended} + ${AFTERMATH_NS} AND time_ns >= ${ended} - ${CLOCK_SLACK_NS}
  AND process IN
  (
    SELECT process FROM processes
    WHERE ${inContainerOf(key)} AND started_ns <= ${ended}
  )`);
}

/** Other processes of the container must have been there at the end; their next samples come within moments. */
const AFTERMATH_NS = 60_000_000_000;

/** What is missing at the end of a process that was killed: the ingester's words. */
export function compileUnseenEnd({ process }: ProcessScope): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT detail FROM losses FINAL
WHERE process = ${params.bind(process, "UInt64")} AND kind = 'unseen_end'
ORDER BY block DESC
LIMIT 1`);
}
