SELECT namespace, workload, pod, container, process_key, name, intDiv(time_ns, 1000000) AS time_unix_ms, kind, first, second
FROM (
    SELECT process, ended_ns AS time_ns, 'end' AS kind, toString(end_reason) AS first, '' AS second
    FROM processes FINAL
    WHERE ended_ns BETWEEN {p0:Int64} AND {p1:Int64} AND end_reason IN ('killed', 'fatal_signal', 'lost') AND process IN (SELECT process FROM (
  SELECT
    process, namespace, workload, pod, container, hostname, ended_ns,
    lower(leftPad(hex(process), 16, '0')) AS process_key,
    if(empty(splitByChar('/', arguments[1])[-1]), splitByChar('/', executable)[-1], splitByChar('/', arguments[1])[-1]) AS name
  FROM processes FINAL
  WHERE ((namespace = {p2:String}) AND ((match(pod, {p3:String})) OR NOT (ended_ns = 0)) AND (pid IN {p4:Array(UInt64)})) AND started_ns <= {p1:Int64} AND (ended_ns = 0 OR ended_ns >= {p0:Int64})))
    UNION ALL
    SELECT process, time_ns, 'oom' AS kind, toString(kills) AS first, toString(cgroup_limit_bytes) AS second
    FROM
    (
      SELECT process, time_ns, cgroup_limit_bytes,
             toInt64(cgroup_oom_kills) - toInt64(lagInFrame(cgroup_oom_kills, 1, cgroup_oom_kills) OVER
               (PARTITION BY process ORDER BY time_ns ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)) AS kills
      FROM memory_samples FINAL
      WHERE process IN (SELECT process FROM (
  SELECT
    process, namespace, workload, pod, container, hostname, ended_ns,
    lower(leftPad(hex(process), 16, '0')) AS process_key,
    if(empty(splitByChar('/', arguments[1])[-1]), splitByChar('/', executable)[-1], splitByChar('/', arguments[1])[-1]) AS name
  FROM processes FINAL
  WHERE ((namespace = {p2:String}) AND ((match(pod, {p3:String})) OR NOT (ended_ns = 0)) AND (pid IN {p4:Array(UInt64)})) AND started_ns <= {p1:Int64} AND (ended_ns = 0 OR ended_ns >= {p0:Int64})))
    )
    WHERE kills > 0 AND time_ns BETWEEN {p0:Int64} AND {p1:Int64}
    UNION ALL
    SELECT process, time_ns, 'mode' AS kind, concat(from_mode, ' to ', to_mode) AS first, toString(why) AS second
    FROM mode_changes FINAL
    WHERE time_ns BETWEEN {p0:Int64} AND {p1:Int64} AND process IN (SELECT process FROM (
  SELECT
    process, namespace, workload, pod, container, hostname, ended_ns,
    lower(leftPad(hex(process), 16, '0')) AS process_key,
    if(empty(splitByChar('/', arguments[1])[-1]), splitByChar('/', executable)[-1], splitByChar('/', arguments[1])[-1]) AS name
  FROM processes FINAL
  WHERE ((namespace = {p2:String}) AND ((match(pod, {p3:String})) OR NOT (ended_ns = 0)) AND (pid IN {p4:Array(UInt64)})) AND started_ns <= {p1:Int64} AND (ended_ns = 0 OR ended_ns >= {p0:Int64})))
    UNION ALL
    SELECT process, time_ns, 'marker' AS kind, toString(number) AS first, label AS second
    FROM markers FINAL
    WHERE time_ns BETWEEN {p0:Int64} AND {p1:Int64} AND process IN (SELECT process FROM (
  SELECT
    process, namespace, workload, pod, container, hostname, ended_ns,
    lower(leftPad(hex(process), 16, '0')) AS process_key,
    if(empty(splitByChar('/', arguments[1])[-1]), splitByChar('/', executable)[-1], splitByChar('/', arguments[1])[-1]) AS name
  FROM processes FINAL
  WHERE ((namespace = {p2:String}) AND ((match(pod, {p3:String})) OR NOT (ended_ns = 0)) AND (pid IN {p4:Array(UInt64)})) AND started_ns <= {p1:Int64} AND (ended_ns = 0 OR ended_ns >= {p0:Int64})))
) AS e
INNER JOIN (
  SELECT
    process, namespace, workload, pod, container, hostname, ended_ns,
    lower(leftPad(hex(process), 16, '0')) AS process_key,
    if(empty(splitByChar('/', arguments[1])[-1]), splitByChar('/', executable)[-1], splitByChar('/', arguments[1])[-1]) AS name
  FROM processes FINAL
  WHERE ((namespace = {p2:String}) AND ((match(pod, {p3:String})) OR NOT (ended_ns = 0)) AND (pid IN {p4:Array(UInt64)})) AND started_ns <= {p1:Int64} AND (ended_ns = 0 OR ended_ns >= {p0:Int64})) AS p USING (process)
ORDER BY time_ns DESC, process, kind
LIMIT {p5:UInt32}

-- p0 = "1700000000000000000"
-- p1 = "1700003600000000000"
-- p2 = "shop"
-- p3 = "^cart-"
-- p4 = [1, 17]
-- p5 = 1000
