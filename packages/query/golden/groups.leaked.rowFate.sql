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
  ifNull(min(first_ns), {p4:Int64}) - {p4:Int64} AS firstNs,
  ifNull(max(last_ns), {p4:Int64}) - {p4:Int64} AS lastNs,
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
  FROM 
    (
      SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of, lifetime_ns, freed, free_thread, free_stack
      FROM allocations WHERE process = {p1:UInt64} AND (thread = {p0:UInt64}) AND freed = 1
      UNION ALL
      SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of, f.lifetime_ns AS lifetime_ns, f.found AS freed, f.free_thread AS free_thread, f.free_stack AS free_stack
      FROM (SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of FROM allocations WHERE process = {p1:UInt64} AND (thread = {p0:UInt64}) AND freed = 0) AS a
      LEFT ANY JOIN
      (
        SELECT id, lifetime_ns, free_thread, free_stack, toUInt8(1) AS found
        FROM late_frees WHERE process = {p1:UInt64}
      ) AS f USING (id)
    )
  WHERE process = {p1:UInt64} AND (time_ns BETWEEN {p2:Int64} AND {p3:Int64} OR freed = 1 AND (time_ns + toInt64(lifetime_ns)) BETWEEN {p2:Int64} AND {p3:Int64}) AND (NOT (freed = 1))
  GROUP BY stack
)
GROUP BY stack
HAVING count > 0
ORDER BY bytes DESC NULLS LAST, stack
LIMIT {p5:UInt32} OFFSET {p6:UInt32}

-- p0 = 3
-- p1 = "6840000000000000001"
-- p2 = "1700000005000000000"
-- p3 = "1700000012500000000"
-- p4 = "1700000000000000000"
-- p5 = 100
-- p6 = 0
