SELECT stack, live_bytes, live_count, growth_bytes, growth_count, total_growth_bytes, total_growth_count
FROM
(
  SELECT
    stack,
    toInt64(sum(live_b)) AS live_bytes, toInt64(sum(live_c)) AS live_count,
    toInt64(sum(grown_b) - sum(gone_b)) AS growth_bytes, toInt64(sum(grown_c) - sum(gone_c)) AS growth_count,
    sum(growth_bytes) OVER () AS total_growth_bytes, sum(growth_count) OVER () AS total_growth_count,
    row_number() OVER (ORDER BY live_bytes DESC, stack) AS by_live,
    row_number() OVER (ORDER BY growth_bytes DESC, stack) AS by_growth
  FROM
  (
    SELECT stack, bytes AS live_b, count AS live_c, toInt64(0) AS grown_b, toInt64(0) AS grown_c, toInt64(0) AS gone_b, toInt64(0) AS gone_c
    FROM (
  SELECT stack, toInt64(sum(allocated_bytes)) AS bytes, toInt64(sum(allocations)) AS count
  FROM usage
  WHERE process = {p1:UInt64}
  GROUP BY stack
    )
    UNION ALL
    SELECT stack, bytes AS live_b, count AS live_c, toInt64(0) AS grown_b, toInt64(0) AS grown_c, toInt64(0) AS gone_b, toInt64(0) AS gone_c
    FROM (
  SELECT stack, -toInt64(sum(freed_bytes)) AS bytes, -toInt64(sum(frees)) AS count
  FROM usage
  WHERE process = {p1:UInt64}
  GROUP BY stack
    )
    UNION ALL
    SELECT stack, toInt64(0) AS live_b, toInt64(0) AS live_c, bytes AS grown_b, count AS grown_c, toInt64(0) AS gone_b, toInt64(0) AS gone_c
    FROM (
  SELECT stack, toInt64(sum(allocated_bytes)) AS bytes, toInt64(sum(allocations)) AS count
  FROM usage
  WHERE process = {p1:UInt64} AND second >= {p2:UInt32}
  GROUP BY stack
    )
    UNION ALL
    SELECT stack, toInt64(0) AS live_b, toInt64(0) AS live_c, toInt64(0) AS grown_b, toInt64(0) AS grown_c, bytes AS gone_b, count AS gone_c
    FROM (
  SELECT stack, toInt64(sum(freed_bytes)) AS bytes, toInt64(sum(frees)) AS count
  FROM usage
  WHERE process = {p1:UInt64} AND second >= {p2:UInt32}
  GROUP BY stack
    )
  )
  GROUP BY stack
  HAVING live_bytes != 0 OR growth_bytes != 0 OR growth_count != 0
)
WHERE (by_live <= {p0:UInt32} OR (by_growth <= {p0:UInt32} AND growth_bytes > 0)) AND (live_bytes != 0 OR growth_bytes != 0)
ORDER BY live_bytes DESC, stack

-- p0 = 20
-- p1 = "6840000000000000001"
-- p2 = "1700000005"
