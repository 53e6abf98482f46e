SELECT time_ns - {p0:Int64} AS time, tid, stack, parameter, value, result
FROM memory_calls FINAL
WHERE process = {p1:UInt64} AND kind = 'mallopt'
ORDER BY time_ns, block, number
LIMIT 1000

-- p0 = "1700000000000000000"
-- p1 = "6840000000000000001"
