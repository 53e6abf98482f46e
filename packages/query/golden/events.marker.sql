SELECT
  toUInt32(intDiv(greatest(0, t - {p4:Int64}), 1000000)) AS ms,
  size,
  stack,
  toUInt8(is_free + if(id = {p5:UInt64}, 2, 0)) AS flags
FROM
(
  SELECT time_ns AS t, 1 AS rank, id, 0 AS is_free, size, stack FROM allocations
  WHERE process = {p0:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p0:UInt64} AND end_ns >= {p2:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p0:UInt64} AND start_ns <= {p3:Int64}) AND time_ns BETWEEN {p6:Int64} AND {p7:Int64} AND (arrayElement((SELECT groupArray(number) FROM (SELECT number FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)), arrayCount(marked -> marked <= time_ns, (SELECT groupArray(time_ns) FROM (SELECT time_ns FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)))) = {p1:UInt64})
  UNION ALL
  SELECT (time_ns + toInt64(lifetime_ns)) AS t, multiIf(lifetime_ns = 0, 1, id IN (SELECT realloc_of FROM allocations WHERE process = {p0:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p0:UInt64} AND end_ns >= {p2:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p0:UInt64} AND start_ns <= {p3:Int64}) AND realloc_of != 0), 0, 2) AS rank, id, 1 AS is_free, size, stack FROM allocations
  WHERE process = {p0:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p0:UInt64} AND end_ns >= {p2:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p0:UInt64} AND start_ns <= {p3:Int64}) AND freed = 1 AND (time_ns + toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64} AND (arrayElement((SELECT groupArray(number) FROM (SELECT number FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)), arrayCount(marked -> marked <= time_ns, (SELECT groupArray(time_ns) FROM (SELECT time_ns FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)))) = {p1:UInt64})
  UNION ALL
  SELECT time_ns AS t, multiIf(lifetime_ns = 0, 1, id IN (SELECT realloc_of FROM allocations WHERE process = {p0:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p0:UInt64} AND end_ns >= {p2:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p0:UInt64} AND start_ns <= {p3:Int64}) AND realloc_of != 0), 0, 2) AS rank, id, 1 AS is_free, size, stack FROM late_frees
  WHERE process = {p0:UInt64} AND block >= (SELECT min(block) FROM blocks WHERE process = {p0:UInt64} AND end_ns >= {p2:Int64}) AND block <= (SELECT max(block) FROM blocks WHERE process = {p0:UInt64} AND start_ns <= {p3:Int64}) AND time_ns BETWEEN {p6:Int64} AND {p7:Int64} AND (arrayElement((SELECT groupArray(number) FROM (SELECT number FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)), arrayCount(marked -> marked <= (time_ns - toInt64(lifetime_ns)), (SELECT groupArray(time_ns) FROM (SELECT time_ns FROM markers FINAL WHERE process = {p0:UInt64} ORDER BY time_ns, block, place LIMIT 10000)))) = {p1:UInt64})
)
ORDER BY t, rank, id, is_free

-- p0 = "6840000000000000001"
-- p1 = 7
-- p2 = "1700000004900000000"
-- p3 = "1700000012600000000"
-- p4 = "1700000000000000000"
-- p5 = "1"
-- p6 = "1700000005000000000"
-- p7 = "1700000012500000000"
