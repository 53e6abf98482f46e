import { Params, type CompiledQuery } from "../../sql/params.js";
import { fleetBlocks } from "./fleet-blocks.js";
import { FLEET_LABELS, fleetProcesses, groupKey, type FleetScope } from "./fleet-scope.js";

export const FLEET_SORTS = ["live", "peak", "growth", "rate", "resident", "share", "losses", "processes"] as const;
export type FleetSort = (typeof FLEET_SORTS)[number];

const SORT_COLUMNS: Record<FleetSort, string> = {
  live: "live_bytes",
  peak: "peak_live_bytes",
  growth: "growth",
  rate: "allocated_bytes",
  resident: "resident_bytes",
  share: "resident_bytes / nullIf(limit_bytes, 0)",
  losses: "loss_count",
  processes: "processes",
};

export interface FleetGroupsQuestion extends FleetScope {
  sort: FleetSort;
  limit: number;
}

/** Below this many blocks in the range a slope would say nothing. */
const MIN_BLOCKS_FOR_GROWTH = 3;

/**
 * Processes added up by what gathers them, as they stood at the end of the range. Who had ended by then counts in `processes`,
 * in the peak and in what was allocated, not in what is live. A limit belongs to a container, so it counts once per container.
 */
export function compileFleetGroups(question: FleetGroupsQuestion): CompiledQuery {
  const params = new Params();
  const { by, sort, limit } = question;
  const labels = FLEET_LABELS[by];
  return params.query(`
SELECT
  ${[...labels, `${groupKey(by)} AS group_key`].join(", ")},
  sum(members) AS processes, sum(alive) AS running, uniqExactIf((namespace_of, pod_of), alive > 0 AND pod_of != '') AS pods,
  sum(live) AS live_bytes, sum(live_count) AS live_allocations, sum(peak) AS peak_live_bytes, sum(slope) AS growth,
  sum(allocated) AS allocated_bytes, sum(allocated_count) AS allocations,
  sum(resident) AS resident_bytes,
  if(countIf(alive > 0 AND memory_limit = 0) > 0, 0, sumIf(memory_limit, alive > 0)) AS limit_bytes,
  sum(lost) AS loss_count, sum(any_lost) AS lossy, sum(estimated) AS sampled,
  count() OVER () AS total
FROM
(
  SELECT
    ${[...labels, "namespace AS namespace_of", "pod AS pod_of", "container AS container_of", "hostname"].join(", ")},
    count() AS members, countIf(is_running) AS alive,
    sumIf(b.live, is_running) AS live, sumIf(b.live_count, is_running) AS live_count,
    sum(b.peak) AS peak, sumIf(b.slope, is_running) AS slope,
    sum(b.allocated) AS allocated, sum(b.allocated_count) AS allocated_count,
    sumIf(b.resident, is_running) AS resident, maxIf(b.memory_limit, is_running) AS memory_limit,
    sum(l.lost) AS lost, countIf(l.lost > 0) AS any_lost, sum(b.any_sampled) AS estimated
  FROM (SELECT *, ended_ns = 0 OR ended_ns > ${params.time(question.toNs)} AS is_running FROM (${fleetProcesses(question, params)})) AS p
  LEFT ANY JOIN
  (${blockSums(question, params)}
  ) AS b USING (process)
  LEFT ANY JOIN
  (
    SELECT process, sum(count) AS lost FROM losses FINAL
    WHERE kind NOT IN ('unrecorded_free', 'forgotten') AND process IN (SELECT process FROM (${fleetProcesses(question, params)}))
    GROUP BY process
  ) AS l USING (process)
  GROUP BY ${[...labels, "namespace_of", "pod_of", "container_of", "hostname"].join(", ")}
)
${labels.length > 0 ? `GROUP BY ${labels.join(", ")}` : ""}
ORDER BY ${SORT_COLUMNS[sort]} DESC NULLS LAST, peak_live_bytes DESC, group_key
LIMIT ${params.bind(limit, "UInt32")}`);
}

const BLOCK_COLUMNS = [
  "end_ns",
  "live_bytes",
  "live_allocations",
  "peak_live_bytes",
  "allocated_bytes",
  "all_allocations",
  "resident_bytes",
  "cgroup_limit_bytes",
  "sampled",
];

/** State of each process at the end of the range, and sums over the range. Growth: bytes per second, by least squares. */
function blockSums(question: FleetGroupsQuestion, params: Params): string {
  const from = params.time(question.fromNs);
  const seconds = `toFloat64(end_ns - ${from}) / 1e9`;
  const slope = `simpleLinearRegressionIf(${seconds}, toFloat64(live_bytes), end_ns >= ${from}).1`;
  return `
    SELECT
      process,
      argMax(live_bytes, block) AS live,
      argMax(live_allocations, block) AS live_count,
      maxIf(peak_live_bytes, end_ns >= ${from}) AS peak,
      if(countIf(end_ns >= ${from}) < ${MIN_BLOCKS_FOR_GROWTH}, 0, ifNotFinite(${slope}, 0)) AS slope,
      sumIf(allocated_bytes, end_ns >= ${from}) AS allocated,
      sumIf(all_allocations, end_ns >= ${from}) AS allocated_count,
      argMaxIf(resident_bytes, block, resident_bytes > 0) AS resident,
      argMaxIf(cgroup_limit_bytes, block, resident_bytes > 0) AS memory_limit,
      max(sampled) AS any_sampled
    FROM ${fleetBlocks(question, BLOCK_COLUMNS, params)}
    GROUP BY process`;
}
