SELECT
  bucket,
  toInt64(sum(born_bytes)) - toInt64(sum(ended_bytes)) AS net_bytes,
  toInt64(sum(born)) - toInt64(sum(ended)) AS net_count,
  sum(born_bytes) AS allocated,
  sum(born) AS allocated_count,
  sum(ended) AS freed_count
FROM
(
  SELECT toInt32(multiIf(time_ns < {p7:Int64}, -1, time_ns = {p7:Int64}, 0, intDiv(time_ns - {p7:Int64} - 1, {p8:Int64}))) AS bucket, sum(size) AS born_bytes, count() AS born, 0 AS ended_bytes, 0 AS ended
  FROM 
    (
      SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of, lifetime_ns, freed, free_thread, free_stack
      FROM allocations WHERE process = {p0:UInt64} AND ((size BETWEEN {p2:UInt64} AND {p3:UInt64}) AND (time_ns > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p0:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64}))) AND freed = 1
      UNION ALL
      SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of, f.lifetime_ns AS lifetime_ns, f.found AS freed, f.free_thread AS free_thread, f.free_stack AS free_stack
      FROM (SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of FROM allocations WHERE process = {p0:UInt64} AND ((size BETWEEN {p2:UInt64} AND {p3:UInt64}) AND (time_ns > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p0:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64}))) AND freed = 0) AS a
      LEFT ANY JOIN
      (
        SELECT id, lifetime_ns, free_thread, free_stack, toUInt8(1) AS found
        FROM late_frees WHERE process = {p0:UInt64}
      ) AS f USING (id)
    )
  WHERE process = {p0:UInt64} AND time_ns <= {p6:Int64} AND NOT ((freed = 1 AND lifetime_ns < 10000000) OR (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p0:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p0:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p0:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p0:UInt64}))) AND arrayExists((function, file) -> function = {p1:String}, if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    ))))
  GROUP BY bucket
  UNION ALL
  SELECT toInt32(multiIf((time_ns + toInt64(lifetime_ns)) < {p7:Int64}, -1, (time_ns + toInt64(lifetime_ns)) = {p7:Int64}, 0, intDiv((time_ns + toInt64(lifetime_ns)) - {p7:Int64} - 1, {p8:Int64}))) AS bucket, 0 AS born_bytes, 0 AS born, sum(size) AS ended_bytes, count() AS ended
  FROM 
    (
      SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of, lifetime_ns, freed, free_thread, free_stack
      FROM allocations WHERE process = {p0:UInt64} AND ((size BETWEEN {p2:UInt64} AND {p3:UInt64}) AND (time_ns > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p0:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64}))) AND freed = 1
      UNION ALL
      SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of, f.lifetime_ns AS lifetime_ns, f.found AS freed, f.free_thread AS free_thread, f.free_stack AS free_stack
      FROM (SELECT process, id, time_ns, address, size, stack, thread, kind, realloc_of FROM allocations WHERE process = {p0:UInt64} AND ((size BETWEEN {p2:UInt64} AND {p3:UInt64}) AND (time_ns > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p0:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64}))) AND freed = 0) AS a
      LEFT ANY JOIN
      (
        SELECT id, lifetime_ns, free_thread, free_stack, toUInt8(1) AS found
        FROM late_frees WHERE process = {p0:UInt64}
      ) AS f USING (id)
    )
  WHERE process = {p0:UInt64} AND freed = 1 AND (time_ns + toInt64(lifetime_ns)) <= {p6:Int64} AND NOT ((freed = 1 AND lifetime_ns < 10000000) OR (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p0:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p0:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p0:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p0:UInt64}))) AND arrayExists((function, file) -> function = {p1:String}, if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    ))))
  GROUP BY bucket
)
GROUP BY bucket
ORDER BY bucket
LIMIT 100001

-- p0 = "6840000000000000001"
-- p1 = "main"
-- p2 = 1024
-- p3 = 65536
-- p4 = "1700000030000000000"
-- p5 = 4
-- p6 = "1700000060000000000"
-- p7 = "1700000000000000000"
-- p8 = "100000000"
