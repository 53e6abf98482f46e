SELECT stack, toInt64(sum(bytes)) AS bytes, toInt64(sum(count)) AS count
FROM
(
  SELECT stack, toInt64(sum(size)) AS bytes, toInt64(count()) AS count
  FROM allocations
  WHERE process = {p0:UInt64} AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p0:UInt64} AND start_ns <= {p2:Int64}) AND time_ns <= {p1:Int64} AND NOT (freed = 1 AND (time_ns + toInt64(lifetime_ns)) <= {p1:Int64})
  GROUP BY stack
  UNION ALL
  SELECT stack, -toInt64(sum(size)) AS bytes, -toInt64(count()) AS count
  FROM late_frees
  WHERE process = {p0:UInt64} AND block <= (SELECT max(block) FROM blocks WHERE process = {p0:UInt64} AND start_ns <= {p2:Int64}) AND time_ns <= {p1:Int64}
  GROUP BY stack
)
GROUP BY stack
HAVING count > 0
ORDER BY bytes DESC, stack
LIMIT {p3:UInt32}

-- p0 = "6840000000000000001"
-- p1 = "1700000012500000000"
-- p2 = "1700000012600000000"
-- p3 = 1000
