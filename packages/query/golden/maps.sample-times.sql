SELECT toString(time_ns) AS time_ns, sum(resident_bytes) AS resident, count() AS mappings
FROM mappings FINAL
WHERE process = {p0:UInt64}
GROUP BY time_ns
ORDER BY time_ns DESC
LIMIT 2000

-- p0 = "6840000000000000001"
