SELECT
  totals_start_ns - {p0:Int64} AS start,
  end_ns - {p0:Int64} AS end,
  live_bytes AS live,
  live_allocations AS live_count,
  allocated_bytes AS allocated,
  all_allocations AS allocated_count,
  all_frees AS freed_count,
  live_bytes_deviation AS live_deviation
FROM blocks FINAL
WHERE process = {p1:UInt64} AND end_ns >= {p0:Int64} AND start_ns <= {p2:Int64}
ORDER BY block
LIMIT 100000

-- p0 = "1700000000000000000"
-- p1 = "6840000000000000001"
-- p2 = "1700000060000000000"
