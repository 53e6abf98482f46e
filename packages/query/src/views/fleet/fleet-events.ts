import { Params, type CompiledQuery } from "../../sql/params.js";
import { FLEET_LABELS, fleetProcesses, type FleetScope } from "./fleet-scope.js";

export const FLEET_EVENT_KINDS = ["end", "oom", "mode", "marker"] as const;
export type FleetEventKind = (typeof FLEET_EVENT_KINDS)[number];

export interface FleetEventsQuestion extends Omit<FleetScope, "by"> {
  kinds: readonly FleetEventKind[];
  limit: number;
}

/** Ends that somebody wants to know about: the others are what programs do. */
const BAD_ENDS = "('killed', 'fatal_signal', 'lost')";

/** Each gives process, time_ns, kind and two texts about it. */
const SOURCES: Record<FleetEventKind, (range: string, among: string) => string> = {
  end: (range, among) => `
    SELECT process, ended_ns AS time_ns, 'end' AS kind, toString(end_reason) AS first, '' AS second
    FROM processes FINAL
    WHERE ended_ns ${range} AND end_reason IN ${BAD_ENDS} AND ${among}`,
  oom: (range, among) => `
    SELECT process, time_ns, 'oom' AS kind, toString(kills) AS first, toString(cgroup_limit_bytes) AS second
    FROM
    (
      SELECT process, time_ns, cgroup_limit_bytes,
             toInt64(cgroup_oom_kills) - toInt64(lagInFrame(cgroup_oom_kills, 1, cgroup_oom_kills) OVER
               (PARTITION BY process ORDER BY time_ns ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) AS kills
      FROM memory_samples FINAL
      WHERE ${among}
    )
    WHERE kills > 0 AND time_ns ${range}`,
  mode: (range, among) => `
    SELECT process, time_ns, 'mode' AS kind, concat(from_mode, ' to ', to_mode) AS first, toString(why) AS second
    FROM mode_changes FINAL
    WHERE time_ns ${range} AND ${among}`,
  marker: (range, among) => `
    SELECT process, time_ns, 'marker' AS kind, toString(number) AS first, label AS second
    FROM markers FINAL
    WHERE time_ns ${range} AND ${among}`,
};

/** What happened to processes within a range of time, the newest first. */
export function compileFleetEvents(question: FleetEventsQuestion): CompiledQuery {
  const params = new Params();
  const { fromNs, toNs, kinds, limit } = question;
  const range = `BETWEEN ${params.time(fromNs)} AND ${params.time(toNs)}`;
  const among = `process IN (SELECT process FROM (${fleetProcesses(question, params)}))`;
  const branches = kinds.map((kind) => SOURCES[kind](range, among));
  return params.query(`
SELECT ${FLEET_LABELS.process.join(", ")}, intDiv(time_ns, 1000000) AS time_unix_ms, kind, first, second
FROM (${branches.join("\n    UNION ALL")}
) AS e
INNER JOIN (${fleetProcesses(question, params)}) AS p USING (process)
ORDER BY time_ns DESC, process, kind
LIMIT ${params.bind(limit, "UInt32")}`);
}
