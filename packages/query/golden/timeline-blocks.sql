SELECT
  toInt32(multiIf(end_ns < {p0:Int64}, -1, end_ns = {p0:Int64}, 0, intDiv(end_ns - {p0:Int64} - 1, {p1:Int64}))) AS bucket,
  argMax(live_bytes, block) AS live,
  argMax(live_allocations, block) AS live_count,
  max(peak_live_bytes) AS peak,
  sum(allocated_bytes) AS allocated,
  sum(all_allocations) AS allocated_count,
  sum(all_frees) AS freed_count,
  argMax(live_bytes_deviation, block) AS live_deviation,
  argMaxIf(resident_bytes, block, resident_bytes > 0) AS resident,
  argMaxIf(anonymous_bytes, block, resident_bytes > 0) AS anonymous,
  argMax(cgroup_limit_bytes, block) AS memory_limit
FROM blocks FINAL
WHERE process = {p2:UInt64} AND end_ns BETWEEN {p0:Int64} AND {p3:Int64}
GROUP BY bucket
ORDER BY bucket
LIMIT 100000

-- p0 = "1700000000000000000"
-- p1 = "100000000"
-- p2 = "6840000000000000001"
-- p3 = "1700000060000000000"
