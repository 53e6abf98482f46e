SELECT
  (SELECT argMax(cgroup_oom_kills, time_ns) FROM memory_samples WHERE process = {p0:UInt64}) AS before,
  maxIf(cgroup_oom_kills, process != {p0:UInt64}) AS after
FROM memory_samples
WHERE time_ns BETWEEN {p2:Int64} AND {p1:Int64} + 60000000000 AND time_ns >= {p1:Int64} - 2000000000
  AND process IN
  (
    SELECT process FROM processes
    WHERE pod_uid != '' AND pod_uid = (SELECT any(pod_uid) FROM processes WHERE process = {p0:UInt64}) AND container = (SELECT any(container) FROM processes WHERE process = {p0:UInt64}) AND started_ns <= {p1:Int64}
  )

-- p0 = "6840000000000000001"
-- p1 = "1700000060000000000"
-- p2 = "1700000000000000000"
