SELECT
  toString(id) AS id_text,
  toString(size) AS sort_value,
  time_ns - {p2:Int64} AS time,
  lifetime_ns AS lifetime,
  freed,
  concat('0x', lower(hex(address))) AS address_hex,
  size, stack, thread, kind,
  toString(realloc_of) AS realloc_of_id,
  free_thread, free_stack
FROM 
    (
      SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of, lifetime_ns, freed, free_thread, free_stack
      FROM allocations WHERE process = {p1:UInt64} AND freed = 1
      UNION ALL
      SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of, f.lifetime_ns AS lifetime_ns, f.found AS freed, f.free_thread AS free_thread, f.free_stack AS free_stack
      FROM (SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of FROM allocations WHERE process = {p1:UInt64} AND freed = 0) AS a
      LEFT ANY JOIN
      (
        SELECT id, lifetime_ns, free_thread, free_stack, toUInt8(1) AS found
        FROM late_frees WHERE process = {p1:UInt64}
      ) AS f USING (id)
    )
WHERE process = {p1:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p1:UInt64} AND end_ns >= {p5:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p1:UInt64} AND start_ns <= {p6:Int64}) AND time_ns BETWEEN {p7:Int64} AND {p8:Int64} AND (size, id) < ({p3:UInt64}, {p4:UInt64}) AND ((freed = 1 AND lifetime_ns < {p0:UInt64}) OR (NOT (freed = 1)))
ORDER BY size DESC, id DESC
LIMIT {p9:UInt32}

-- p0 = 10000000
-- p1 = "6840000000000000001"
-- p2 = "1700000000000000000"
-- p3 = "4096"
-- p4 = "77"
-- p5 = "1700000004900000000"
-- p6 = "1700000012600000000"
-- p7 = "1700000005000000000"
-- p8 = "1700000012500000000"
-- p9 = 100
