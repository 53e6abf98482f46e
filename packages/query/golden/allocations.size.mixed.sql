SELECT
  toString(id) AS id_text,
  toString(size) AS sort_value,
  time_ns - {p6:Int64} AS time,
  lifetime_ns AS lifetime,
  freed,
  concat('0x', lower(hex(address))) AS address_hex,
  size, stack, thread, kind,
  toString(realloc_of) AS realloc_of_id,
  free_thread, free_stack
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
WHERE process = {p0:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p0:UInt64} AND end_ns >= {p9:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p0:UInt64} AND start_ns <= {p10:Int64}) AND time_ns BETWEEN {p11:Int64} AND {p12:Int64} AND (size, id) < ({p7:UInt64}, {p8:UInt64}) AND NOT ((freed = 1 AND lifetime_ns < 10000000) OR (stack IN (
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
ORDER BY size DESC, id DESC
LIMIT {p13:UInt32}

-- p0 = "6840000000000000001"
-- p1 = "main"
-- p2 = 1024
-- p3 = 65536
-- p4 = "1700000030000000000"
-- p5 = 4
-- p6 = "1700000000000000000"
-- p7 = "4096"
-- p8 = "77"
-- p9 = "1700000004900000000"
-- p10 = "1700000012600000000"
-- p11 = "1700000005000000000"
-- p12 = "1700000012500000000"
-- p13 = 100
