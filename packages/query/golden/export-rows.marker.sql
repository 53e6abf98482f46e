SELECT
  toString(id) AS id,
  time_ns - {p2:Int64} AS timeNs,
  if(freed = 1, lifetime_ns, NULL) AS lifetimeNs,
  concat('0x', lower(hex(address))) AS address,
  size,
  stack,
  thread,
  transform(kind, [0, 1, 2, 3], ['malloc', 'calloc', 'realloc', 'aligned'], 'malloc') AS kind,
  if(realloc_of = 0, NULL, toString(realloc_of)) AS reallocOf,
  if(freed = 1, free_thread, NULL) AS freeThread,
  if(freed = 1 AND free_stack > 0, free_stack, NULL) AS freeStack
FROM
(
  SELECT * FROM 
    (
      SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of, lifetime_ns, freed, free_thread, free_stack
      FROM allocations WHERE process = {p3:UInt64} AND id BETWEEN {p0:UInt64} AND {p1:UInt64} AND (arrayElement((SELECT groupArray(number) FROM (SELECT number FROM markers FINAL WHERE process = {p3:UInt64} ORDER BY time_ns, block, place LIMIT 10000)), arrayCount(marked -> marked <= time_ns, (SELECT groupArray(time_ns) FROM (SELECT time_ns FROM markers FINAL WHERE process = {p3:UInt64} ORDER BY time_ns, block, place LIMIT 10000)))) = {p4:UInt64}) AND freed = 1
      UNION ALL
      SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of, f.lifetime_ns AS lifetime_ns, f.found AS freed, f.free_thread AS free_thread, f.free_stack AS free_stack
      FROM (SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of FROM allocations WHERE process = {p3:UInt64} AND id BETWEEN {p0:UInt64} AND {p1:UInt64} AND (arrayElement((SELECT groupArray(number) FROM (SELECT number FROM markers FINAL WHERE process = {p3:UInt64} ORDER BY time_ns, block, place LIMIT 10000)), arrayCount(marked -> marked <= time_ns, (SELECT groupArray(time_ns) FROM (SELECT time_ns FROM markers FINAL WHERE process = {p3:UInt64} ORDER BY time_ns, block, place LIMIT 10000)))) = {p4:UInt64}) AND freed = 0) AS a
      LEFT ANY JOIN
      (
        SELECT id, lifetime_ns, free_thread, free_stack, toUInt8(1) AS found
        FROM late_frees WHERE process = {p3:UInt64} AND id BETWEEN {p0:UInt64} AND {p1:UInt64}
      ) AS f USING (id)
    )
  WHERE process = {p3:UInt64}
  ORDER BY id
)

-- p0 = 1
-- p1 = 1000000
-- p2 = "1700000000000000000"
-- p3 = "6840000000000000001"
-- p4 = 7
