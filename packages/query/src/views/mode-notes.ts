import { Params, type CompiledQuery } from "../sql/params.js";
import type { ProcessScope } from "../sql/scope.js";

const MOST = 10_000;

/** Changes of the recording mode, oldest first: `at` (ns since the start), from, to, why. */
export function compileModeChanges(scope: ProcessScope): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT time_ns - ${params.time(scope.startedNs)} AS at, from_mode, to_mode, toString(why) AS reason, sample_bytes
FROM mode_changes FINAL
WHERE process = ${params.bind(scope.process, "UInt64")}
ORDER BY block, place
LIMIT ${MOST}`);
}

/** Markers, oldest first: `at` (ns since the start), number, label. */
export function compileMarkers(scope: ProcessScope): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT time_ns - ${params.time(scope.startedNs)} AS at, number, label
FROM markers FINAL
WHERE process = ${params.bind(scope.process, "UInt64")}
ORDER BY time_ns, block, place
LIMIT ${MOST}`);
}
