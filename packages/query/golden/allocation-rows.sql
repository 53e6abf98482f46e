SELECT
  toString(id) AS key,
  time_ns - {p0:Int64} AS time,
  lifetime_ns AS lifetime,
  freed,
  concat('0x', lower(hex(address))) AS address_hex,
  size, stack, thread, kind,
  toString(realloc_of) AS realloc_of_id,
  free_thread, free_stack
FROM allocations
WHERE process = {p1:UInt64} AND id IN {p2:Array(UInt64)}
LIMIT {p3:UInt32}

-- p0 = "1700000000000000000"
-- p1 = "6840000000000000001"
-- p2 = [5, 18446744073709551615]
-- p3 = 2
