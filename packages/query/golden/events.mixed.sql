SELECT
  toUInt32(intDiv(greatest(0, t - {p8:Int64}), 1000000)) AS ms,
  size,
  stack,
  toUInt8(is_free + if(id = {p9:UInt64}, 2, 0)) AS flags
FROM
(
  SELECT time_ns AS t, 1 AS rank, id, 0 AS is_free, size, stack FROM allocations
  WHERE process = {p2:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p6:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p7:Int64}) AND time_ns BETWEEN {p10:Int64} AND {p11:Int64} AND id IN (SELECT id FROM allocations WHERE process = {p2:UInt64} AND freed = 1 AND ((size BETWEEN {p0:UInt64} AND {p1:UInt64}) AND NOT ((1 = 1 AND lifetime_ns < 10000000) OR (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) AND arrayExists((function, file) -> function = {p3:String}, if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    )))) AND (time_ns > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64}))) UNION ALL SELECT id FROM late_frees WHERE process = {p2:UInt64} AND ((size BETWEEN {p0:UInt64} AND {p1:UInt64}) AND NOT ((1 = 1 AND lifetime_ns < 10000000) OR (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) AND arrayExists((function, file) -> function = {p3:String}, if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    )))) AND ((time_ns - toInt64(lifetime_ns)) > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64}))) UNION ALL SELECT id FROM allocations WHERE process = {p2:UInt64} AND freed = 0 AND id NOT IN (SELECT id FROM late_frees WHERE process = {p2:UInt64}) AND ((size BETWEEN {p0:UInt64} AND {p1:UInt64}) AND NOT ((1 = 0 AND lifetime_ns < 10000000) OR (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) AND arrayExists((function, file) -> function = {p3:String}, if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    )))) AND (time_ns > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64}))))
  UNION ALL
  SELECT (time_ns + toInt64(lifetime_ns)) AS t, multiIf(lifetime_ns = 0, 1, id IN (SELECT realloc_of FROM allocations WHERE process = {p2:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p6:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p7:Int64}) AND realloc_of != 0), 0, 2) AS rank, id, 1 AS is_free, size, stack FROM allocations
  WHERE process = {p2:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p6:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p7:Int64}) AND freed = 1 AND (time_ns + toInt64(lifetime_ns)) BETWEEN {p10:Int64} AND {p11:Int64} AND id IN (SELECT id FROM allocations WHERE process = {p2:UInt64} AND freed = 1 AND ((size BETWEEN {p0:UInt64} AND {p1:UInt64}) AND NOT ((1 = 1 AND lifetime_ns < 10000000) OR (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) AND arrayExists((function, file) -> function = {p3:String}, if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    )))) AND (time_ns > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64}))) UNION ALL SELECT id FROM late_frees WHERE process = {p2:UInt64} AND ((size BETWEEN {p0:UInt64} AND {p1:UInt64}) AND NOT ((1 = 1 AND lifetime_ns < 10000000) OR (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) AND arrayExists((function, file) -> function = {p3:String}, if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    )))) AND ((time_ns - toInt64(lifetime_ns)) > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64}))) UNION ALL SELECT id FROM allocations WHERE process = {p2:UInt64} AND freed = 0 AND id NOT IN (SELECT id FROM late_frees WHERE process = {p2:UInt64}) AND ((size BETWEEN {p0:UInt64} AND {p1:UInt64}) AND NOT ((1 = 0 AND lifetime_ns < 10000000) OR (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) AND arrayExists((function, file) -> function = {p3:String}, if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    )))) AND (time_ns > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64}))))
  UNION ALL
  SELECT time_ns AS t, multiIf(lifetime_ns = 0, 1, id IN (SELECT realloc_of FROM allocations WHERE process = {p2:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p6:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p7:Int64}) AND realloc_of != 0), 0, 2) AS rank, id, 1 AS is_free, size, stack FROM late_frees
  WHERE process = {p2:UInt64} AND block >= (SELECT min(block) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p6:Int64}) AND block <= (SELECT max(block) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p7:Int64}) AND time_ns BETWEEN {p10:Int64} AND {p11:Int64} AND id IN (SELECT id FROM allocations WHERE process = {p2:UInt64} AND freed = 1 AND ((size BETWEEN {p0:UInt64} AND {p1:UInt64}) AND NOT ((1 = 1 AND lifetime_ns < 10000000) OR (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) AND arrayExists((function, file) -> function = {p3:String}, if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    )))) AND (time_ns > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64}))) UNION ALL SELECT id FROM late_frees WHERE process = {p2:UInt64} AND ((size BETWEEN {p0:UInt64} AND {p1:UInt64}) AND NOT ((1 = 1 AND lifetime_ns < 10000000) OR (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) AND arrayExists((function, file) -> function = {p3:String}, if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    )))) AND ((time_ns - toInt64(lifetime_ns)) > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64}))) UNION ALL SELECT id FROM allocations WHERE process = {p2:UInt64} AND freed = 0 AND id NOT IN (SELECT id FROM late_frees WHERE process = {p2:UInt64}) AND ((size BETWEEN {p0:UInt64} AND {p1:UInt64}) AND NOT ((1 = 0 AND lifetime_ns < 10000000) OR (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p2:UInt64}))) AND arrayExists((function, file) -> function = {p3:String}, if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    )))) AND (time_ns > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64}))))
)
ORDER BY t, rank, id, is_free

-- p0 = 1024
-- p1 = 65536
-- p2 = "6840000000000000001"
-- p3 = "main"
-- p4 = "1700000030000000000"
-- p5 = 4
-- p6 = "1700000004900000000"
-- p7 = "1700000012600000000"
-- p8 = "1700000000000000000"
-- p9 = "1"
-- p10 = "1700000005000000000"
-- p11 = "1700000012500000000"
