SELECT
  toString(id) AS id_text,
  toString(size) AS sort_value,
  time_ns - {p0:Int64} AS time,
  lifetime_ns AS lifetime,
  freed,
  concat('0x', lower(hex(address))) AS address_hex,
  size, stack, thread, kind,
  toString(realloc_of) AS realloc_of_id,
  free_thread, free_stack
FROM allocations
WHERE process = {p3:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p3:UInt64} AND end_ns >= {p4:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p3:UInt64} AND start_ns <= {p5:Int64}) AND time_ns BETWEEN {p6:Int64} AND {p7:Int64} AND (size, id) < ({p1:UInt64}, {p2:UInt64})
ORDER BY size DESC, id DESC
LIMIT {p8:UInt32}

-- p0 = "1700000000000000000"
-- p1 = "4096"
-- p2 = "77"
-- p3 = "6840000000000000001"
-- p4 = "1700000004900000000"
-- p5 = "1700000012600000000"
-- p6 = "1700000005000000000"
-- p7 = "1700000012500000000"
-- p8 = 100
