SELECT
  arrayStringConcat([''], '\x1f') AS group_key,
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
    namespace AS namespace_of, pod AS pod_of, container AS container_of, hostname,
    count() AS members, countIf(is_running) AS alive,
    sumIf(b.live, is_running) AS live, sumIf(b.live_count, is_running) AS live_count,
    sum(b.peak) AS peak, sumIf(b.slope, is_running) AS slope,
    sum(b.allocated) AS allocated, sum(b.allocated_count) AS allocated_count,
    sumIf(b.resident, is_running) AS resident, maxIf(b.memory_limit, is_running) AS memory_limit,
    sum(l.lost) AS lost, countIf(l.lost > 0) AS any_lost, sum(b.any_sampled) AS estimated
  FROM (SELECT *, ended_ns = 0 OR ended_ns > {p0:Int64} AS is_running FROM (
  SELECT
    process, namespace, workload, pod, container, hostname, ended_ns,
    lower(leftPad(hex(process), 16, '0')) AS process_key,
    if(empty(splitByChar('/', arguments[1])[-1]), splitByChar('/', executable)[-1], splitByChar('/', arguments[1])[-1]) AS name
  FROM processes FINAL
  WHERE (1 = 1) AND started_ns <= {p0:Int64} AND (ended_ns = 0 OR ended_ns >= {p1:Int64}))) AS p
  LEFT ANY JOIN
  (
    SELECT
      process,
      argMax(live_bytes, block) AS live,
      argMax(live_allocations, block) AS live_count,
      maxIf(peak_live_bytes, end_ns >= {p1:Int64}) AS peak,
      if(countIf(end_ns >= {p1:Int64}) < 3, 0, ifNotFinite(simpleLinearRegressionIf(toFloat64(end_ns - {p1:Int64}) / 1e9, toFloat64(live_bytes), end_ns >= {p1:Int64}).1, 0)) AS slope,
      sumIf(allocated_bytes, end_ns >= {p1:Int64}) AS allocated,
      sumIf(all_allocations, end_ns >= {p1:Int64}) AS allocated_count,
      argMaxIf(resident_bytes, block, resident_bytes > 0) AS resident,
      argMaxIf(cgroup_limit_bytes, block, resident_bytes > 0) AS memory_limit,
      max(sampled) AS any_sampled
    FROM 
    (
      SELECT process, block, any(end_ns) AS end_ns, any(live_bytes) AS live_bytes, any(live_allocations) AS live_allocations, any(peak_live_bytes) AS peak_live_bytes, any(allocated_bytes) AS allocated_bytes, any(all_allocations) AS all_allocations, any(resident_bytes) AS resident_bytes, any(cgroup_limit_bytes) AS cgroup_limit_bytes, any(sampled) AS sampled
      FROM (SELECT process, block, end_ns, live_bytes, live_allocations, peak_live_bytes, allocated_bytes, all_allocations, resident_bytes, cgroup_limit_bytes, sampled FROM blocks WHERE end_ns BETWEEN {p2:Int64} AND {p0:Int64} AND process IN (SELECT process FROM (
  SELECT
    process, namespace, workload, pod, container, hostname, ended_ns,
    lower(leftPad(hex(process), 16, '0')) AS process_key,
    if(empty(splitByChar('/', arguments[1])[-1]), splitByChar('/', executable)[-1], splitByChar('/', arguments[1])[-1]) AS name
  FROM processes FINAL
  WHERE (1 = 1) AND started_ns <= {p0:Int64} AND (ended_ns = 0 OR ended_ns >= {p1:Int64}))))
      GROUP BY process, block
      UNION ALL
      SELECT process, block, end_ns, live_bytes, live_allocations, peak_live_bytes, allocated_bytes, all_allocations, resident_bytes, cgroup_limit_bytes, sampled
      FROM blocks
      WHERE end_ns < {p2:Int64} AND process IN (SELECT process FROM (
  SELECT
    process, namespace, workload, pod, container, hostname, ended_ns,
    lower(leftPad(hex(process), 16, '0')) AS process_key,
    if(empty(splitByChar('/', arguments[1])[-1]), splitByChar('/', executable)[-1], splitByChar('/', arguments[1])[-1]) AS name
  FROM processes FINAL
  WHERE (1 = 1) AND started_ns <= {p0:Int64} AND (ended_ns = 0 OR ended_ns >= {p1:Int64}))) AND process NOT IN (SELECT process FROM blocks WHERE end_ns BETWEEN {p2:Int64} AND {p1:Int64})
      ORDER BY process, block DESC
      LIMIT 16 BY process
    )
    GROUP BY process
  ) AS b USING (process)
  LEFT ANY JOIN
  (
    SELECT process, sum(count) AS lost FROM losses FINAL
    WHERE kind NOT IN ('unrecorded_free', 'forgotten') AND process IN (SELECT process FROM (
  SELECT
    process, namespace, workload, pod, container, hostname, ended_ns,
    lower(leftPad(hex(process), 16, '0')) AS process_key,
    if(empty(splitByChar('/', arguments[1])[-1]), splitByChar('/', executable)[-1], splitByChar('/', arguments[1])[-1]) AS name
  FROM processes FINAL
  WHERE (1 = 1) AND started_ns <= {p0:Int64} AND (ended_ns = 0 OR ended_ns >= {p1:Int64})))
    GROUP BY process
  ) AS l USING (process)
  GROUP BY namespace_of, pod_of, container_of, hostname
)

ORDER BY live_bytes DESC NULLS LAST, peak_live_bytes DESC, group_key
LIMIT {p3:UInt32}

-- p0 = "1700003600000000000"
-- p1 = "1700000000000000000"
-- p2 = "1699999940000000000"
-- p3 = 1
