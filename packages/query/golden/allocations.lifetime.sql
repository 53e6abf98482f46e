SELECT toString(sort_key) AS sort_key, toString(id) AS id
FROM
(
  SELECT * FROM (SELECT if(1 = 1, lifetime_ns, 18446744073709551615) AS sort_key, id FROM allocations
  WHERE process = {p1:UInt64} AND freed = 1
  ORDER BY sort_key DESC, id DESC
LIMIT {p0:UInt32})
  UNION ALL
  SELECT * FROM (SELECT if(1 = 1, lifetime_ns, 18446744073709551615) AS sort_key, id FROM late_frees
  WHERE process = {p1:UInt64}
  ORDER BY sort_key DESC, id DESC
LIMIT {p0:UInt32})
  UNION ALL
  SELECT * FROM (SELECT if(1 = 0, lifetime_ns, 18446744073709551615) AS sort_key, id FROM allocations
  WHERE process = {p1:UInt64} AND freed = 0 AND id NOT IN (SELECT id FROM late_frees WHERE process = {p1:UInt64})
  ORDER BY sort_key DESC, id DESC
LIMIT {p0:UInt32})
) AS page
ORDER BY page.sort_key DESC, page.id DESC
LIMIT {p0:UInt32}

-- p0 = 100
-- p1 = "6840000000000000001"
