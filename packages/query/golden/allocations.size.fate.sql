SELECT toString(sort_key) AS sort_key, toString(id) AS id
FROM
(
  SELECT * FROM (SELECT size AS sort_key, id FROM allocations
  WHERE process = {p2:UInt64} AND freed = 1 AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p5:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p6:Int64}) AND time_ns BETWEEN {p7:Int64} AND {p8:Int64} AND (size, id) < ({p3:UInt64}, {p4:UInt64}) AND ((1 = 1 AND lifetime_ns < {p1:UInt64}) OR (NOT (1 = 1)))
  ORDER BY sort_key DESC, id DESC
LIMIT {p0:UInt32})
  UNION ALL
  SELECT * FROM (SELECT size AS sort_key, id FROM late_frees
  WHERE process = {p2:UInt64} AND block >= (SELECT min(block) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p5:Int64}) AND (time_ns - toInt64(lifetime_ns)) BETWEEN {p7:Int64} AND {p8:Int64} AND (size, id) < ({p3:UInt64}, {p4:UInt64}) AND ((1 = 1 AND lifetime_ns < {p1:UInt64}) OR (NOT (1 = 1)))
  ORDER BY sort_key DESC, id DESC
LIMIT {p0:UInt32})
  UNION ALL
  SELECT * FROM (SELECT size AS sort_key, id FROM allocations
  WHERE process = {p2:UInt64} AND freed = 0 AND id NOT IN (SELECT id FROM late_frees WHERE process = {p2:UInt64}) AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p5:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p6:Int64}) AND time_ns BETWEEN {p7:Int64} AND {p8:Int64} AND (size, id) < ({p3:UInt64}, {p4:UInt64}) AND ((1 = 0 AND lifetime_ns < {p1:UInt64}) OR (NOT (1 = 0)))
  ORDER BY sort_key DESC, id DESC
LIMIT {p0:UInt32})
) AS page
ORDER BY page.sort_key DESC, page.id DESC
LIMIT {p0:UInt32}

-- p0 = 100
-- p1 = 10000000
-- p2 = "6840000000000000001"
-- p3 = "4096"
-- p4 = "77"
-- p5 = "1700000004900000000"
-- p6 = "1700000012600000000"
-- p7 = "1700000005000000000"
-- p8 = "1700000012500000000"
