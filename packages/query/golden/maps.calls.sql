SELECT
  toString(kind) AS kind, time_ns - {p0:Int64} AS time, tid, stack,
  toString(address) AS address, toString(size) AS size, toString(old_address) AS old_address, toString(old_size) AS old_size,
  protection, flags
FROM memory_calls FINAL
WHERE process = {p1:UInt64} AND time_ns <= {p2:Int64} AND kind != 'mallopt'
ORDER BY time_ns, block, number
LIMIT 500000

-- p0 = "1700000000000000000"
-- p1 = "6840000000000000001"
-- p2 = "1700000005000000000"
