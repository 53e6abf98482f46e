SELECT
  toString(start) AS start, toString(size) AS size, toString(permissions) AS permissions, toString(name) AS name,
  resident_bytes AS resident, proportional_bytes AS proportional, private_dirty_bytes AS private_dirty,
  anonymous_bytes AS anonymous, swap_bytes AS swap
FROM mappings FINAL
WHERE process = {p0:UInt64} AND time_ns = {p1:Int64}
ORDER BY mappings.start
LIMIT 10000

-- p0 = "6840000000000000001"
-- p1 = "1700000005000000000"
