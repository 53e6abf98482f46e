SELECT sum(part) AS total
FROM
(
  SELECT count() AS part FROM allocations
  WHERE process = {p1:UInt64} AND freed = 1 AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p1:UInt64} AND end_ns >= {p2:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p1:UInt64} AND start_ns <= {p3:Int64}) AND time_ns BETWEEN {p4:Int64} AND {p5:Int64} AND ((1 = 1 AND lifetime_ns < {p0:UInt64}) OR (NOT (1 = 1)))
  UNION ALL
  SELECT count() AS part FROM late_frees
  WHERE process = {p1:UInt64} AND block >= (SELECT min(block) FROM blocks WHERE process = {p1:UInt64} AND end_ns >= {p2:Int64}) AND (time_ns - toInt64(lifetime_ns)) BETWEEN {p4:Int64} AND {p5:Int64} AND ((1 = 1 AND lifetime_ns < {p0:UInt64}) OR (NOT (1 = 1)))
  UNION ALL
  SELECT count() AS part FROM allocations
  WHERE process = {p1:UInt64} AND freed = 0 AND id NOT IN (SELECT id FROM late_frees WHERE process = {p1:UInt64}) AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p1:UInt64} AND end_ns >= {p2:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p1:UInt64} AND start_ns <= {p3:Int64}) AND time_ns BETWEEN {p4:Int64} AND {p5:Int64} AND ((1 = 0 AND lifetime_ns < {p0:UInt64}) OR (NOT (1 = 0)))
)

-- p0 = 10000000
-- p1 = "6840000000000000001"
-- p2 = "1700000004900000000"
-- p3 = "1700000012600000000"
-- p4 = "1700000005000000000"
-- p5 = "1700000012500000000"
