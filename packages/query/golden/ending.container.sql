SELECT
  toString(reason) AS reason, exit_code, signal, restarts, limit_bytes, finished_ns - {p1:Int64} AS finished
FROM container_ends FINAL
WHERE pod_uid != '' AND pod_uid = (SELECT any(pod_uid) FROM processes WHERE process = {p0:UInt64}) AND container = (SELECT any(container) FROM processes WHERE process = {p0:UInt64})
  AND started_ns <= {p1:Int64} + 2000000000 AND finished_ns >= {p1:Int64} - 2000000000
ORDER BY started_ns DESC
LIMIT 1

-- p0 = "6840000000000000001"
-- p1 = "1700000000000000000"
