SELECT
  bucket,
  toInt64(sum(born_bytes)) - toInt64(sum(ended_bytes)) AS net_bytes,
  toInt64(sum(born)) - toInt64(sum(ended)) AS net_count,
  sum(born_bytes) AS allocated,
  sum(born) AS allocated_count,
  sum(ended) AS freed_count
FROM
(
  SELECT toInt32(multiIf(time_ns < {p3:Int64}, -1, time_ns = {p3:Int64}, 0, intDiv(time_ns - {p3:Int64} - 1, {p4:Int64}))) AS bucket, sum(size) AS born_bytes, count() AS born, 0 AS ended_bytes, 0 AS ended
  FROM allocations
  WHERE process = {p0:UInt64} AND time_ns <= {p2:Int64} AND (arrayElement((SELECT groupArray(number) FROM (SELECT number FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)), arrayCount(marked -> marked <= time_ns, (SELECT groupArray(time_ns) FROM (SELECT time_ns FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)))) = {p1:UInt64})
  GROUP BY bucket
  UNION ALL
  SELECT toInt32(multiIf((time_ns + toInt64(lifetime_ns)) < {p3:Int64}, -1, (time_ns + toInt64(lifetime_ns)) = {p3:Int64}, 0, intDiv((time_ns + toInt64(lifetime_ns)) - {p3:Int64} - 1, {p4:Int64}))) AS bucket, 0 AS born_bytes, 0 AS born, sum(size) AS ended_bytes, count() AS ended
  FROM allocations
  WHERE process = {p0:UInt64} AND freed = 1 AND (time_ns + toInt64(lifetime_ns)) <= {p2:Int64} AND (arrayElement((SELECT groupArray(number) FROM (SELECT number FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)), arrayCount(marked -> marked <= time_ns, (SELECT groupArray(time_ns) FROM (SELECT time_ns FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)))) = {p1:UInt64})
  GROUP BY bucket
  UNION ALL
  SELECT toInt32(multiIf(time_ns < {p3:Int64}, -1, time_ns = {p3:Int64}, 0, intDiv(time_ns - {p3:Int64} - 1, {p4:Int64}))) AS bucket, 0 AS born_bytes, 0 AS born, sum(size) AS ended_bytes, count() AS ended
  FROM late_frees
  WHERE process = {p0:UInt64} AND time_ns <= {p2:Int64} AND (arrayElement((SELECT groupArray(number) FROM (SELECT number FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)), arrayCount(marked -> marked <= (time_ns - toInt64(lifetime_ns)), (SELECT groupArray(time_ns) FROM (SELECT time_ns FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)))) = {p1:UInt64})
  GROUP BY bucket
)
GROUP BY bucket
ORDER BY bucket
LIMIT 100001

-- p0 = "6840000000000000001"
-- p1 = 7
-- p2 = "1700000060000000000"
-- p3 = "1700000000000000000"
-- p4 = "100000000"
