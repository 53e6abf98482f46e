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
  WHERE process = {p1:UInt64} AND time_ns <= {p2:Int64} AND (NOT (freed = 1))
  GROUP BY bucket
  UNION ALL
  SELECT toInt32(multiIf((time_ns + toInt64(lifetime_ns)) < {p3:Int64}, -1, (time_ns + toInt64(lifetime_ns)) = {p3:Int64}, 0, intDiv((time_ns + toInt64(lifetime_ns)) - {p3:Int64} - 1, {p4:Int64}))) AS bucket, 0 AS born_bytes, 0 AS born, sum(size) AS ended_bytes, count() AS ended
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
  WHERE process = {p1:UInt64} AND freed = 1 AND (time_ns + toInt64(lifetime_ns)) <= {p2:Int64} AND (NOT (freed = 1))
  GROUP BY bucket
)
GROUP BY bucket
ORDER BY bucket
LIMIT 100001

-- p0 = 3
-- p1 = "6840000000000000001"
-- p2 = "1700000060000000000"
-- p3 = "1700000000000000000"
-- p4 = "100000000"
