SELECT toString(sort_key) AS sort_key, toString(id) AS id
FROM
(
  SELECT * FROM (SELECT size AS sort_key, id FROM allocations
  WHERE process = {p1:UInt64} AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p1:UInt64} AND end_ns >= {p7:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p1:UInt64} AND start_ns <= {p8:Int64}) AND time_ns BETWEEN {p9:Int64} AND {p10:Int64} AND (size, id) < ({p5:UInt64}, {p6:UInt64}) AND ((stack NOT IN (
    SELECT stack FROM process_stacks WHERE process = {p1:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p1:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p1:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p1:UInt64}))) AND match(f.module_path, {p2:String})
      )
    ))) AND (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p1:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p1:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p1:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p1:UInt64}))) AND arrayExists((function, file) -> match(function, {p3:String}) AND match(file, {p4:String}), if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    ))))
  ORDER BY sort_key DESC, id DESC
LIMIT {p0:UInt32})
) AS page
ORDER BY page.sort_key DESC, page.id DESC
LIMIT {p0:UInt32}

-- p0 = 100
-- p1 = "6840000000000000001"
-- p2 = "libc"
-- p3 = "json"
-- p4 = "parser"
-- p5 = "4096"
-- p6 = "77"
-- p7 = "1700000004900000000"
-- p8 = "1700000012600000000"
-- p9 = "1700000005000000000"
-- p10 = "1700000012500000000"
