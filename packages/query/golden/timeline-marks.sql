SELECT
  if(peak_ns BETWEEN {p0:Int64} AND {p1:Int64}, toInt32(multiIf(peak_ns < {p0:Int64}, -1, peak_ns = {p0:Int64}, 0, intDiv(peak_ns - {p0:Int64} - 1, {p2:Int64}))), -1) AS peak_bucket,
  peak_live_bytes AS peak,
  if(resident_bytes > 0 AND sampled_ns BETWEEN {p0:Int64} AND {p1:Int64}, toInt32(multiIf(sampled_ns < {p0:Int64}, -1, sampled_ns = {p0:Int64}, 0, intDiv(sampled_ns - {p0:Int64} - 1, {p2:Int64}))), -1) AS sample_bucket,
  resident_bytes AS resident,
  anonymous_bytes AS anonymous,
  cgroup_limit_bytes AS memory_limit
FROM blocks FINAL
WHERE process = {p3:UInt64} AND (peak_ns BETWEEN {p0:Int64} AND {p1:Int64} OR sampled_ns BETWEEN {p0:Int64} AND {p1:Int64})
ORDER BY block
LIMIT 100000

-- p0 = "1700000000000000000"
-- p1 = "1700000060000000000"
-- p2 = "100000000"
-- p3 = "6840000000000000001"
