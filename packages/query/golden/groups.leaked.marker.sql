SELECT
  stack,
  toInt64(sum(b)) AS bytes,
  toInt64(sum(c)) AS count,
  sum(allocated_bytes) AS allocatedBytes,
  sum(allocated_count) AS allocations,
  sum(freed_bytes) AS freedBytes,
  sum(freed_count) AS frees,
  sum(leaked_bytes) AS leakedBytes,
  sum(leaked_count) AS leaked,
  sum(temporary_count) AS temporaries,
  ifNull(min(min_size), 0) AS minSize,
  ifNull(max(max_size), 0) AS maxSize,
  ifNull(min(first_ns), {p6:Int64}) - {p6:Int64} AS firstNs,
  ifNull(max(last_ns), {p6:Int64}) - {p6:Int64} AS lastNs,
  if(sum(lifetime_count) = 0, NULL, sum(lifetime_sum) / sum(lifetime_count)) AS meanLifetimeNs,
  count() OVER () AS totalStacks,
  sum(bytes) OVER () AS totalBytes,
  sum(count) OVER () AS totalCount,
  0. AS bytesDeviation,
  sqrt(0.) AS totalBytesDeviation
FROM
(
  SELECT
    stack,
    toInt64(sumIf(size, NOT (freed = 1) AND time_ns BETWEEN {p2:Int64} AND {p3:Int64})) AS b, toInt64(countIf(NOT (freed = 1) AND time_ns BETWEEN {p2:Int64} AND {p3:Int64})) AS c,
    toInt64(sumIf(size, time_ns BETWEEN {p2:Int64} AND {p3:Int64})) AS allocated_bytes, toInt64(countIf(time_ns BETWEEN {p2:Int64} AND {p3:Int64})) AS allocated_count,
    toInt64(sumIf(size, freed = 1 AND (time_ns + toInt64(lifetime_ns)) BETWEEN {p2:Int64} AND {p3:Int64})) AS freed_bytes, toInt64(countIf(freed = 1 AND (time_ns + toInt64(lifetime_ns)) BETWEEN {p2:Int64} AND {p3:Int64})) AS freed_count,
    toInt64(sumIf(size, NOT (freed = 1) AND time_ns BETWEEN {p2:Int64} AND {p3:Int64})) AS leaked_bytes, toInt64(countIf(NOT (freed = 1) AND time_ns BETWEEN {p2:Int64} AND {p3:Int64})) AS leaked_count,
    toInt64(sumIf(size, freed = 1 AND time_ns BETWEEN {p2:Int64} AND {p3:Int64} AND lifetime_ns < 10000000)) AS temporary_bytes, toInt64(countIf(freed = 1 AND time_ns BETWEEN {p2:Int64} AND {p3:Int64} AND lifetime_ns < 10000000)) AS temporary_count,
    minOrNullIf(size, time_ns BETWEEN {p2:Int64} AND {p3:Int64}) AS min_size, maxOrNullIf(size, time_ns BETWEEN {p2:Int64} AND {p3:Int64}) AS max_size,
    minOrNullIf(time_ns, time_ns BETWEEN {p2:Int64} AND {p3:Int64}) AS first_ns, maxOrNullIf(time_ns, time_ns BETWEEN {p2:Int64} AND {p3:Int64}) AS last_ns,
    sumIf(toFloat64(lifetime_ns), freed = 1 AND time_ns BETWEEN {p2:Int64} AND {p3:Int64}) AS lifetime_sum, countIf(freed = 1 AND time_ns BETWEEN {p2:Int64} AND {p3:Int64}) AS lifetime_count
  FROM allocations
  WHERE process = {p0:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p0:UInt64} AND end_ns >= {p4:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p0:UInt64} AND start_ns <= {p5:Int64}) AND (time_ns BETWEEN {p2:Int64} AND {p3:Int64} OR freed = 1 AND (time_ns + toInt64(lifetime_ns)) BETWEEN {p2:Int64} AND {p3:Int64}) AND (arrayElement((SELECT groupArray(number) FROM (SELECT number FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)), arrayCount(marked -> marked <= time_ns, (SELECT groupArray(time_ns) FROM (SELECT time_ns FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)))) = {p1:UInt64})
  GROUP BY stack
  UNION ALL
  SELECT
    stack,
    -toInt64(sumIf(size, (time_ns - toInt64(lifetime_ns)) BETWEEN {p2:Int64} AND {p3:Int64})) AS b, -toInt64(countIf((time_ns - toInt64(lifetime_ns)) BETWEEN {p2:Int64} AND {p3:Int64})) AS c,
    0 AS allocated_bytes, 0 AS allocated_count,
    toInt64(sumIf(size, time_ns BETWEEN {p2:Int64} AND {p3:Int64})) AS freed_bytes, toInt64(countIf(time_ns BETWEEN {p2:Int64} AND {p3:Int64})) AS freed_count,
    -toInt64(sumIf(size, (time_ns - toInt64(lifetime_ns)) BETWEEN {p2:Int64} AND {p3:Int64})) AS leaked_bytes, -toInt64(countIf((time_ns - toInt64(lifetime_ns)) BETWEEN {p2:Int64} AND {p3:Int64})) AS leaked_count,
    toInt64(sumIf(size, (time_ns - toInt64(lifetime_ns)) BETWEEN {p2:Int64} AND {p3:Int64} AND lifetime_ns < 10000000)) AS temporary_bytes, toInt64(countIf((time_ns - toInt64(lifetime_ns)) BETWEEN {p2:Int64} AND {p3:Int64} AND lifetime_ns < 10000000)) AS temporary_count,
    minOrNullIf(size, 1 = 0) AS min_size, maxOrNullIf(size, 1 = 0) AS max_size,
    minOrNullIf((time_ns - toInt64(lifetime_ns)), 1 = 0) AS first_ns, maxOrNullIf((time_ns - toInt64(lifetime_ns)), 1 = 0) AS last_ns,
    sumIf(toFloat64(lifetime_ns), (time_ns - toInt64(lifetime_ns)) BETWEEN {p2:Int64} AND {p3:Int64}) AS lifetime_sum, countIf((time_ns - toInt64(lifetime_ns)) BETWEEN {p2:Int64} AND {p3:Int64}) AS lifetime_count
  FROM late_frees
  WHERE process = {p0:UInt64} AND block >= (SELECT min(block) FROM blocks WHERE process = {p0:UInt64} AND end_ns >= {p4:Int64}) AND ((time_ns - toInt64(lifetime_ns)) BETWEEN {p2:Int64} AND {p3:Int64} OR time_ns BETWEEN {p2:Int64} AND {p3:Int64}) AND (arrayElement((SELECT groupArray(number) FROM (SELECT number FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)), arrayCount(marked -> marked <= (time_ns - toInt64(lifetime_ns)), (SELECT groupArray(time_ns) FROM (SELECT time_ns FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)))) = {p1:UInt64})
  GROUP BY stack
)
GROUP BY stack
HAVING count > 0
ORDER BY bytes DESC NULLS LAST, stack
LIMIT {p7:UInt32} OFFSET {p8:UInt32}

-- p0 = "6840000000000000001"
-- p1 = 7
-- p2 = "1700000005000000000"
-- p3 = "1700000012500000000"
-- p4 = "1700000004900000000"
-- p5 = "1700000012600000000"
-- p6 = "1700000000000000000"
-- p7 = 100
-- p8 = 0
