import { Params, type CompiledQuery } from "../sql/params.js";

export interface CoverageQuestion {
  /** Of these namespaces; undefined: of all. */
  namespaces?: readonly string[] | undefined;
  namespace?: string | undefined;
  workload?: string | undefined;
  pod?: string | undefined;
}

export interface CoveragePodsQuestion extends CoverageQuestion {
  /** Only pods with this code. */
  code?: string | undefined;
  limit: number;
  offset: number;
}

/**
 * Rows are renewed every five minutes. What was not for longer, while others were, belongs to a pod whose deletion nobody saw
 * (the injector was away).
 */
const FORGOTTEN_NS = 900_000_000_000;

/** The latest row of each container of pods that are there. */
function current({ namespaces, namespace, workload, pod }: CoverageQuestion, params: Params): string {
  const conditions = [
    "NOT deleted",
    `updated_ns >= (SELECT max(updated_ns) FROM pods) - ${FORGOTTEN_NS}`,
    ...(namespaces ? [`has(${params.bind([...namespaces], "Array(String)")}, namespace)`] : []),
    ...(namespace === undefined ? [] : [`namespace = ${params.bind(namespace, "String")}`]),
    ...(workload === undefined ? [] : [`workload = ${params.bind(workload, "String")}`]),
    ...(pod === undefined ? [] : [`pod = ${params.bind(pod, "String")}`]),
  ];
  return `(SELECT * FROM pods FINAL WHERE ${conditions.join(" AND ")})`;
}

/** When the injector reported last: `reported`, 0 when it never has. What nobody may see is no part of it. */
export function compileCoverageTime(): CompiledQuery {
  return new Params().query("SELECT toString(max(updated_ns)) AS reported FROM pods");
}

/** One row per workload: pods asked, injected, reporting, and the code of each pod without profiles. */
export function compileCoverageWorkloads(question: CoverageQuestion): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT
  namespace, workload,
  count() AS asked, countIf(is_injected) AS injected, countIf(is_reporting) AS reporting, sum(pod_restarts) AS restarts,
  groupArrayIf(code, NOT is_reporting) AS codes,
  count() OVER () AS total
FROM
(
  SELECT
    toString(any(p.namespace)) AS namespace, toString(any(p.workload)) AS workload,
    max(p.injected) AS is_injected, min(p.reporting) AS is_reporting, sum(p.restarts) AS pod_restarts,
    argMin(toString(p.codes[1]), p.reporting) AS code
  FROM ${current(question, params)} AS p
  GROUP BY pod_uid
)
GROUP BY namespace, workload
ORDER BY asked - reporting DESC, namespace, workload
LIMIT 1000`);
}

/** Kills for memory in the last day: namespace, workload, kills. The workload is that of the pod's row, if it is there still. */
export function compileOomKillsOfWorkloads({ namespaces }: CoverageQuestion, sinceNs: bigint): CompiledQuery {
  const params = new Params();
  const scope = namespaces ? ` AND has(${params.bind([...namespaces], "Array(String)")}, namespace)` : "";
  return params.query(`
SELECT namespace, workload, sum(kills) AS kills
FROM
(
  SELECT pod_uid, count() AS kills FROM container_ends FINAL
  WHERE reason = 'OOMKilled' AND finished_ns >= ${params.time(sinceNs)}${scope} GROUP BY pod_uid
) AS e
INNER JOIN (SELECT pod_uid, toString(any(namespace)) AS namespace, toString(any(workload)) AS workload FROM pods GROUP BY pod_uid) AS p
  USING (pod_uid)
GROUP BY namespace, workload
LIMIT 10000`);
}

/** Containers of a page of pods, pods without profiles first; each row carries the number of all pods. */
export function compileCoveragePods(question: CoveragePodsQuestion): CompiledQuery {
  const params = new Params();
  const { code, limit, offset } = question;
  const having =
    code === undefined ? "" : `\n  HAVING has(groupArray(toString(codes[1])), ${params.bind(code, "String")})`;
  const rows = current(question, params);
  return params.query(`
SELECT
  c.pod_uid AS pod_uid, toString(c.namespace) AS namespace, toString(c.workload) AS workload, c.pod AS pod, toString(c.node) AS node,
  toString(c.phase) AS phase, toString(c.created_ns) AS created, c.injected AS injected, toString(c.container) AS container,
  c.reporting AS reporting, c.codes AS codes, c.details AS details, toString(c.state) AS state,
  toString(c.state_reason) AS state_reason, c.restarts AS restarts, c.limit_bytes AS limit_bytes,
  toString(e.reason) AS end_reason, e.exit_code AS end_code, toString(e.finished) AS end_finished,
  chosen.total AS total
FROM
(
  SELECT pod_uid, min(reporting) AS is_reporting, any(pod) AS name, count() OVER () AS total FROM ${rows}
  GROUP BY pod_uid${having}
  ORDER BY is_reporting, name, pod_uid
  LIMIT ${params.bind(limit, "UInt32")} OFFSET ${params.bind(offset, "UInt32")}
) AS chosen
INNER JOIN ${rows} AS c USING (pod_uid)
LEFT ANY JOIN
(
  SELECT pod_uid, container, argMax(reason, finished_ns) AS reason, argMax(exit_code, finished_ns) AS exit_code, max(finished_ns) AS finished
  FROM container_ends GROUP BY pod_uid, container
) AS e ON c.pod_uid = e.pod_uid AND c.container = e.container
ORDER BY chosen.is_reporting, chosen.name, c.pod_uid, c.container
LIMIT 10000`);
}
