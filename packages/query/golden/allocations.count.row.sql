SELECT sum(part) AS total
FROM
(
  SELECT count() AS part FROM allocations
  WHERE process = {p2:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p3:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p4:Int64}) AND time_ns BETWEEN {p5:Int64} AND {p6:Int64} AND ((thread = {p0:UInt64}) AND (kind = {p1:UInt8}))
)

-- p0 = 3
-- p1 = 2
-- p2 = "6840000000000000001"
-- p3 = "1700000004900000000"
-- p4 = "1700000012600000000"
-- p5 = "1700000005000000000"
-- p6 = "1700000012500000000"
