SELECT stack, toInt64(sum(bytes)) AS bytes, toInt64(sum(count)) AS count
FROM
(
  SELECT stack, toInt64(sum(size)) AS bytes, toInt64(count()) AS count
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
  WHERE process = {p1:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p1:UInt64} AND end_ns >= {p4:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p1:UInt64} AND start_ns <= {p5:Int64}) AND time_ns BETWEEN {p2:Int64} AND {p3:Int64} AND (NOT (freed = 1))
  GROUP BY stack
)
GROUP BY stack
HAVING count > 0
ORDER BY bytes DESC, stack
LIMIT {p6:UInt32}

-- p0 = 3
-- p1 = "6840000000000000001"
-- p2 = "1700000005000000000"
-- p3 = "1700000012500000000"
-- p4 = "1700000004900000000"
-- p5 = "1700000012600000000"
-- p6 = 1000
