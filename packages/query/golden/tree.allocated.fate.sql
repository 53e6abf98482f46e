SELECT stack, toInt64(sum(bytes)) AS bytes, toInt64(sum(count)) AS count
FROM
(
  SELECT stack, toInt64(sum(size)) AS bytes, toInt64(count()) AS count
  FROM allocations
  WHERE process = {p1:UInt64} AND freed = 1 AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p1:UInt64} AND end_ns >= {p4:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p1:UInt64} AND start_ns <= {p5:Int64}) AND time_ns BETWEEN {p2:Int64} AND {p3:Int64} AND ((1 = 1 AND lifetime_ns < {p0:UInt64}) OR (NOT (1 = 1)))
  GROUP BY stack
  UNION ALL
  SELECT stack, toInt64(sum(size)) AS bytes, toInt64(count()) AS count
  FROM late_frees
  WHERE process = {p1:UInt64} AND block >= (SELECT min(block) FROM blocks WHERE process = {p1:UInt64} AND end_ns >= {p4:Int64}) AND (time_ns - toInt64(lifetime_ns)) BETWEEN {p2:Int64} AND {p3:Int64} AND ((1 = 1 AND lifetime_ns < {p0:UInt64}) OR (NOT (1 = 1)))
  GROUP BY stack
  UNION ALL
  SELECT stack, toInt64(sum(size)) AS bytes, toInt64(count()) AS count
  FROM allocations
  WHERE process = {p1:UInt64} AND freed = 0 AND id NOT IN (SELECT id FROM late_frees WHERE process = {p1:UInt64}) AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p1:UInt64} AND end_ns >= {p4:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p1:UInt64} AND start_ns <= {p5:Int64}) AND time_ns BETWEEN {p2:Int64} AND {p3:Int64} AND ((1 = 0 AND lifetime_ns < {p0:UInt64}) OR (NOT (1 = 0)))
  GROUP BY stack
)
GROUP BY stack
HAVING count > 0
ORDER BY bytes DESC, stack
LIMIT {p6:UInt32}

-- p0 = 10000000
-- p1 = "6840000000000000001"
-- p2 = "1700000005000000000"
-- p3 = "1700000012500000000"
-- p4 = "1700000004900000000"
-- p5 = "1700000012600000000"
-- p6 = 1000
