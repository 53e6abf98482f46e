SELECT
  toString(id) AS id_text,
  toString(if(freed = 1, lifetime_ns, 18446744073709551615)) AS sort_value,
  time_ns - {p1:Int64} AS time,
  lifetime_ns AS lifetime,
  freed,
  concat('0x', lower(hex(address))) AS address_hex,
  size, stack, thread, kind,
  toString(realloc_of) AS realloc_of_id,
  free_thread, free_stack
FROM 
    (
      SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of, lifetime_ns, freed, free_thread, free_stack
      FROM allocations WHERE process = {p0:UInt64} AND freed = 1
      UNION ALL
      SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of, f.lifetime_ns AS lifetime_ns, f.found AS freed, f.free_thread AS free_thread, f.free_stack AS free_stack
      FROM (SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of FROM allocations WHERE process = {p0:UInt64} AND freed = 0) AS a
      LEFT ANY JOIN
      (
        SELECT id, lifetime_ns, free_thread, free_stack, toUInt8(1) AS found
        FROM late_frees WHERE process = {p0:UInt64}
      ) AS f USING (id)
    )
WHERE process = {p0:UInt64}
ORDER BY if(freed = 1, lifetime_ns, 18446744073709551615) DESC, id DESC
LIMIT {p2:UInt32}

-- p0 = "6840000000000000001"
-- p1 = "1700000000000000000"
-- p2 = 100
