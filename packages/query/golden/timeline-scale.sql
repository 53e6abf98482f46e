SELECT
  countIf(inside) AS blocks,
  sumIf(toUInt64(allocations) + frees, inside) AS events,
  maxIf(block, NOT inside AND block < (SELECT min(block) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p0:Int64})) AS before,
  argMaxIf(live_bytes, block, NOT inside AND block < (SELECT min(block) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p0:Int64})) AS live_before,
  argMaxIf(live_allocations, block, NOT inside AND block < (SELECT min(block) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p0:Int64})) AS count_before,
  minIf(first_allocation, inside) AS first_id,
  maxIf(first_allocation + allocations, inside) AS end_id,
  maxIf(block, inside) AS last_block
FROM (SELECT *, block >= (SELECT min(block) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p0:Int64}) AND start_ns <= {p1:Int64} AS inside FROM blocks FINAL WHERE process = {p2:UInt64})

-- p0 = "1700000000000000000"
-- p1 = "1700000060000000000"
-- p2 = "6840000000000000001"
