SELECT stack, toInt64(sum(bytes)) AS bytes, toInt64(sum(count)) AS count
FROM
(
  SELECT stack, toInt64(sum(size)) AS bytes, toInt64(count()) AS count
  FROM allocations
  WHERE process = {p2:UInt64} AND freed = 1 AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p7:Int64}) AND time_ns <= {p6:Int64} AND NOT ((time_ns + toInt64(lifetime_ns)) <= {p6:Int64}) AND ((size BETWEEN {p0:UInt64} AND {p1:UInt64}) AND NOT ((1 = 1 AND lifetime_ns < 10000000) OR (stack IN (
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
    )))) AND (time_ns > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64})))
  GROUP BY stack
  UNION ALL
  SELECT stack, toInt64(sum(size)) AS bytes, toInt64(count()) AS count
  FROM late_frees
  WHERE process = {p2:UInt64} AND (time_ns - toInt64(lifetime_ns)) <= {p6:Int64} AND NOT (time_ns <= {p6:Int64}) AND ((size BETWEEN {p0:UInt64} AND {p1:UInt64}) AND NOT ((1 = 1 AND lifetime_ns < 10000000) OR (stack IN (
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
    )))) AND ((time_ns - toInt64(lifetime_ns)) > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64})))
  GROUP BY stack
  UNION ALL
  SELECT stack, toInt64(sum(size)) AS bytes, toInt64(count()) AS count
  FROM allocations
  WHERE process = {p2:UInt64} AND freed = 0 AND id NOT IN (SELECT id FROM late_frees WHERE process = {p2:UInt64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p7:Int64}) AND time_ns <= {p6:Int64} AND NOT (1 = 0 AND (time_ns + toInt64(lifetime_ns)) <= {p6:Int64}) AND ((size BETWEEN {p0:UInt64} AND {p1:UInt64}) AND NOT ((1 = 0 AND lifetime_ns < 10000000) OR (stack IN (
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
    )))) AND (time_ns > {p4:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p2:UInt64} AND depth > {p5:UInt64}) OR (stack = 0 AND 0 > {p5:UInt64})))
  GROUP BY stack
)
GROUP BY stack
HAVING count > 0
ORDER BY bytes DESC, stack
LIMIT {p8:UInt32}

-- p0 = 1024
-- p1 = 65536
-- p2 = "6840000000000000001"
-- p3 = "main"
-- p4 = "1700000030000000000"
-- p5 = 4
-- p6 = "1700000012500000000"
-- p7 = "1700000012600000000"
-- p8 = 1000
