SELECT stack, toInt64(sum(bytes)) AS bytes, toInt64(sum(count)) AS count
FROM
(
  SELECT stack, toInt64(sum(size)) AS bytes, toInt64(count()) AS count
  FROM allocations
  WHERE process = {p0:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p0:UInt64} AND end_ns >= {p6:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p0:UInt64} AND start_ns <= {p7:Int64}) AND time_ns BETWEEN {p4:Int64} AND {p5:Int64} AND ((stack NOT IN (
    SELECT stack FROM process_stacks WHERE process = {p0:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p0:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p0:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p0:UInt64}))) AND match(f.module_path, {p1:String})
      )
    ))) AND (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p0:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p0:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p0:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p0:UInt64}))) AND arrayExists((function, file) -> match(function, {p2:String}) AND match(file, {p3:String}), if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    ))))
  GROUP BY stack
)
GROUP BY stack
HAVING count > 0
ORDER BY bytes DESC, stack
LIMIT {p8:UInt32}

-- p0 = "6840000000000000001"
-- p1 = "libc"
-- p2 = "json"
-- p3 = "parser"
-- p4 = "1700000005000000000"
-- p5 = "1700000012500000000"
-- p6 = "1700000004900000000"
-- p7 = "1700000012600000000"
-- p8 = 1000
