SELECT toString(sort_key) AS sort_key, toString(id) AS id
FROM
(
  SELECT * FROM (SELECT size AS sort_key, id FROM allocations
  WHERE process = {p1:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p1:UInt64} AND end_ns >= {p5:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p1:UInt64} AND start_ns <= {p6:Int64}) AND time_ns BETWEEN {p7:Int64} AND {p8:Int64} AND (size, id) < ({p3:UInt64}, {p4:UInt64}) AND (arrayElement((SELECT groupArray(number) FROM (SELECT number FROM markers FINAL WHERE process = {p1:UInt64} ORDER BY time_ns, block, place LIMIT 10000)), arrayCount(marked -> marked <= time_ns, (SELECT groupArray(time_ns) FROM (SELECT time_ns FROM markers FINAL WHERE process = {p1:UInt64} ORDER BY time_ns, block, place LIMIT 10000)))) = {p2:UInt64})
  ORDER BY sort_key DESC, id DESC
LIMIT {p0:UInt32})
) AS page
ORDER BY page.sort_key DESC, page.id DESC
LIMIT {p0:UInt32}

-- p0 = 100
-- p1 = "6840000000000000001"
-- p2 = 7
-- p3 = "4096"
-- p4 = "77"
-- p5 = "1700000004900000000"
-- p6 = "1700000012600000000"
-- p7 = "1700000005000000000"
-- p8 = "1700000012500000000"
