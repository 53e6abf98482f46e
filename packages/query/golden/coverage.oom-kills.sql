SELECT namespace, workload, sum(kills) AS kills
FROM
(
  SELECT pod_uid, count() AS kills FROM container_ends FINAL
  WHERE reason = 'OOMKilled' AND finished_ns >= {p1:Int64} AND has({p0:Array(String)}, namespace) GROUP BY pod_uid
) AS e
INNER JOIN (SELECT pod_uid, toString(any(namespace)) AS namespace, toString(any(workload)) AS workload FROM pods GROUP BY pod_uid) AS p
  USING (pod_uid)
GROUP BY namespace, workload
LIMIT 10000

-- p0 = [shop, bank]
-- p1 = "1700000000000000000"
