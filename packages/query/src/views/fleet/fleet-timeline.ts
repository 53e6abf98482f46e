import { Params, type CompiledQuery } from "../../sql/params.js";
import { fleetBlocks } from "./fleet-blocks.js";
import { FLEET_LABELS, fleetProcesses, groupKey, type FleetScope } from "./fleet-scope.js";

export interface FleetTimelineQuestion extends FleetScope {
  stepNs: bigint;
  /** Keys of the groups that get a series of their own (1, 2, ...); all others together are series 0. */
  groups: readonly string[];
}

/**
 * Changes of what is live, per series and interval; adding them up gives the state at the end of each interval. A process says
 * how it stands at the end of each block; in between it stands as before:
 *
 *     interval      -1   0   1   2   3   4
 *     says          10       30          (ended in 3)
 *     change       +10  .  +20   .   .  -30
 *
 * Interval i covers (from + i * step, from + (i + 1) * step]; what was before the range is interval -1. A process counts until
 * the end of the interval that it ends in.
 */
export function compileFleetTimeline(question: FleetTimelineQuestion): CompiledQuery {
  const params = new Params();
  const { by, groups, toNs } = question;
  const series = groups.length > 0 ? `indexOf(${params.bind([...groups], "Array(String)")}, ${groupKey(by)})` : "0";
  const labels = FLEET_LABELS[by].join(", ");
  const leaves = `greatest(${intervalOf("ended_ns", question, params)}, b.intervals[-1]) + 1`;
  return params.query(`
SELECT
  series, interval,
  sum(live) AS live_step, sum(live_count) AS live_count_step, sum(resident) AS resident_step, sum(present) AS processes_step,
  sum(allocated) AS allocated_bytes, sum(allocated_count) AS allocations
FROM
(
  SELECT
    series,
    if(ended, arrayPushBack(b.intervals, ${leaves}), b.intervals) AS intervals,
    ${stepsOf("b.live")} AS live_steps,
    ${stepsOf("b.live_count")} AS live_count_steps,
    ${stepsOf("arrayFill(x -> x > 0, b.resident)")} AS resident_steps,
    ${stepsOf("arrayMap(x -> 1, b.live)")} AS present_steps,
    if(ended, arrayPushBack(b.allocated, 0), b.allocated) AS allocated_sums,
    if(ended, arrayPushBack(b.allocated_count, 0), b.allocated_count) AS allocated_count_sums
  FROM
  (
    SELECT process, ended_ns, ended_ns > 0 AND ended_ns <= ${params.time(toNs)} AS ended, ${series} AS series
    FROM (SELECT process, ended_ns${labels === "" ? "" : `, ${labels}`} FROM (${fleetProcesses(question, params)}))
  ) AS p
  INNER JOIN
  (${statesByInterval(question, params)}
  ) AS b USING (process)
)
ARRAY JOIN
  intervals AS interval, live_steps AS live, live_count_steps AS live_count, resident_steps AS resident,
  present_steps AS present, allocated_sums AS allocated, allocated_count_sums AS allocated_count
GROUP BY series, interval
ORDER BY series, interval
LIMIT 1000000`);
}

const BLOCK_COLUMNS = [
  "end_ns",
  "live_bytes",
  "live_allocations",
  "resident_bytes",
  "allocated_bytes",
  "all_allocations",
];

/** What the blocks of each process say, as columns in the order of the intervals that they end in. */
function statesByInterval(question: FleetTimelineQuestion, params: Params): string {
  return `
    SELECT
      process, tupleElement(states, 1) AS intervals, tupleElement(states, 2) AS live, tupleElement(states, 3) AS live_count,
      tupleElement(states, 4) AS resident, tupleElement(states, 5) AS allocated, tupleElement(states, 6) AS allocated_count
    FROM
    (
      SELECT process, arraySort(groupArray((interval, live, live_count, resident, allocated, allocated_count))) AS states
      FROM
      (
        SELECT
          process,
          ${intervalOf("end_ns", question, params)} AS interval,
          argMax(live_bytes, block) AS live,
          argMax(live_allocations, block) AS live_count,
          argMaxIf(resident_bytes, block, resident_bytes > 0) AS resident,
          sum(allocated_bytes) AS allocated,
          sum(all_allocations) AS allocated_count
        FROM ${fleetBlocks(question, BLOCK_COLUMNS, params)}
        GROUP BY process, interval
      )
      GROUP BY process
    )`;
}

/** Differences to the state before, nothing before the first; what has ended goes back to nothing. */
function stepsOf(states: string): string {
  return `arrayPopFront(arrayDifference(arrayPushFront(if(ended, arrayPushBack(${states}, 0), ${states}), 0)))`;
}

function intervalOf(time: string, { fromNs, stepNs }: FleetTimelineQuestion, params: Params): string {
  const from = params.time(fromNs);
  return `toInt32(multiIf(${time} < ${from}, -1, ${time} = ${from}, 0, intDiv(${time} - ${from} - 1, ${params.time(stepNs)})))`;
}
