SELECT stack, toInt64(sum(bytes)) AS bytes, toInt64(sum(count)) AS count
FROM
(
  SELECT stack, toInt64(sum(size)) AS bytes, toInt64(count()) AS count
  FROM allocations
  WHERE process = {p0:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p0:UInt64} AND end_ns >= {p4:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p0:UInt64} AND start_ns <= {p5:Int64}) AND time_ns BETWEEN {p2:Int64} AND {p3:Int64} AND (arrayElement((SELECT groupArray(number) FROM (SELECT number FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)), arrayCount(marked -> marked <= time_ns, (SELECT groupArray(time_ns) FROM (SELECT time_ns FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)))) = {p1:UInt64})
  GROUP BY stack
)
GROUP BY stack
HAVING count > 0
ORDER BY bytes DESC, stack
LIMIT {p6:UInt32}

-- p0 = "6840000000000000001"
-- p1 = 7
-- p2 = "1700000005000000000"
-- p3 = "1700000012500000000"
-- p4 = "1700000004900000000"
-- p5 = "1700000012600000000"
-- p6 = 1000
