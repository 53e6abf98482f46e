SELECT
  c.pod_uid AS pod_uid, toString(c.namespace) AS namespace, toString(c.workload) AS workload, c.pod AS pod, toString(c.node) AS node,
  toString(c.phase) AS phase, toString(c.created_ns) AS created, c.injected AS injected, toString(c.container) AS container,
  c.reporting AS reporting, c.codes AS codes, c.details AS details, toString(c.state) AS state,
  toString(c.state_reason) AS state_reason, c.restarts AS restarts, c.limit_bytes AS limit_bytes,
  toString(e.reason) AS end_reason, e.exit_code AS end_code, toString(e.finished) AS end_finished,
  chosen.total AS total
FROM
(
  SELECT pod_uid, min(reporting) AS is_reporting, any(pod) AS name, count() OVER () AS total FROM (SELECT * FROM pods FINAL WHERE NOT deleted AND updated_ns >= (SELECT max(updated_ns) FROM pods) - 900000000000 AND has({p1:Array(String)}, namespace) AND namespace = {p2:String} AND workload = {p3:String})
  GROUP BY pod_uid
  HAVING has(groupArray(toString(codes[1])), {p0:String})
  ORDER BY is_reporting, name, pod_uid
  LIMIT {p4:UInt32} OFFSET {p5:UInt32}
) AS chosen
INNER JOIN (SELECT * FROM pods FINAL WHERE NOT deleted AND updated_ns >= (SELECT max(updated_ns) FROM pods) - 900000000000 AND has({p1:Array(String)}, namespace) AND namespace = {p2:String} AND workload = {p3:String}) AS c USING (pod_uid)
LEFT ANY JOIN
(
  SELECT pod_uid, container, argMax(reason, finished_ns) AS reason, argMax(exit_code, finished_ns) AS exit_code, max(finished_ns) AS finished
  FROM container_ends GROUP BY pod_uid, container
) AS e ON c.pod_uid = e.pod_uid AND c.container = e.container
ORDER BY chosen.is_reporting, chosen.name, c.pod_uid, c.container
LIMIT 10000

-- p0 = "not_reporting"
-- p1 = [shop, bank]
-- p2 = "shop"
-- p3 = "Deployment/web"
-- p4 = 100
-- p5 = 200
