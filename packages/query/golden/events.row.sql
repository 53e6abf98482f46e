SELECT
  toUInt32(intDiv(greatest(0, t - {p5:Int64}), 1000000)) AS ms,
  size,
  stack,
  toUInt8(is_free + if(id = {p6:UInt64}, 2, 0)) AS flags
FROM
(
  SELECT time_ns AS t, 1 AS rank, id, 0 AS is_free, size, stack FROM allocations
  WHERE process = {p2:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p3:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p4:Int64}) AND time_ns BETWEEN {p7:Int64} AND {p8:Int64} AND ((thread = {p0:UInt64}) AND (kind = {p1:UInt8}))
  UNION ALL
  SELECT (time_ns + toInt64(lifetime_ns)) AS t, multiIf(lifetime_ns = 0, 1, id IN (SELECT realloc_of FROM allocations WHERE process = {p2:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p3:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p4:Int64}) AND realloc_of != 0), 0, 2) AS rank, id, 1 AS is_free, size, stack FROM allocations
  WHERE process = {p2:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p3:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p4:Int64}) AND freed = 1 AND (time_ns + toInt64(lifetime_ns)) BETWEEN {p7:Int64} AND {p8:Int64} AND ((thread = {p0:UInt64}) AND (kind = {p1:UInt8}))
  UNION ALL
  SELECT time_ns AS t, multiIf(lifetime_ns = 0, 1, id IN (SELECT realloc_of FROM allocations WHERE process = {p2:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p3:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p4:Int64}) AND realloc_of != 0), 0, 2) AS rank, id, 1 AS is_free, size, stack FROM late_frees
  WHERE process = {p2:UInt64} AND block >= (SELECT min(block) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p3:Int64}) AND block <= (SELECT max(block) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p4:Int64}) AND time_ns BETWEEN {p7:Int64} AND {p8:Int64} AND id IN (SELECT id FROM 
    (
      SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of, lifetime_ns, freed, free_thread, free_stack
      FROM allocations WHERE process = {p2:UInt64} AND ((thread = {p0:UInt64}) AND (kind = {p1:UInt8})) AND freed = 1
      UNION ALL
      SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of, f.lifetime_ns AS lifetime_ns, f.found AS freed, f.free_thread AS free_thread, f.free_stack AS free_stack
      FROM (SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of FROM allocations WHERE process = {p2:UInt64} AND ((thread = {p0:UInt64}) AND (kind = {p1:UInt8})) AND freed = 0) AS a
      LEFT ANY JOIN
      (
        SELECT id, lifetime_ns, free_thread, free_stack, toUInt8(1) AS found
        FROM late_frees WHERE process = {p2:UInt64}
      ) AS f USING (id)
    ) WHERE process = {p2:UInt64})
)
ORDER BY t, rank, id, is_free

-- p0 = 3
-- p1 = 2
-- p2 = "6840000000000000001"
-- p3 = "1700000004900000000"
-- p4 = "1700000012600000000"
-- p5 = "1700000000000000000"
-- p6 = "1"
-- p7 = "1700000005000000000"
-- p8 = "1700000012500000000"
