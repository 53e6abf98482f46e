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
  FROM (SELECT * FROM pods FINAL WHERE NOT deleted AND updated_ns >= (SELECT max(updated_ns) FROM pods) - 900000000000) AS p
  GROUP BY pod_uid
)
GROUP BY namespace, workload
ORDER BY asked - reporting DESC, namespace, workload
LIMIT 1000


