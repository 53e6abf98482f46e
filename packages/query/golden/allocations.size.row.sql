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
FROM allocations
WHERE process = {p5:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p5:UInt64} AND end_ns >= {p6:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p5:UInt64} AND start_ns <= {p7:Int64}) AND time_ns BETWEEN {p8:Int64} AND {p9:Int64} AND (size, id) < ({p3:UInt64}, {p4:UInt64}) AND ((thread = {p0:UInt64}) AND (kind = {p1:UInt8}))
ORDER BY size DESC, id DESC
LIMIT {p10:UInt32}

-- p0 = 3
-- p1 = 2
-- p2 = "1700000000000000000"
-- p3 = "4096"
-- p4 = "77"
-- p5 = "6840000000000000001"
-- p6 = "1700000004900000000"
-- p7 = "1700000012600000000"
-- p8 = "1700000005000000000"
-- p9 = "1700000012500000000"
-- p10 = 100
