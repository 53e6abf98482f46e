SELECT
  bucket,
  toInt64(sum(born_bytes)) - toInt64(sum(ended_bytes)) AS net_bytes,
  toInt64(sum(born)) - toInt64(sum(ended)) AS net_count,
  sum(born_bytes) AS allocated,
  sum(born) AS allocated_count,
  sum(ended) AS freed_count
FROM
(
  SELECT toInt32(multiIf(time_ns < {p5:Int64}, -1, time_ns = {p5:Int64}, 0, intDiv(time_ns - {p5:Int64} - 1, {p6:Int64}))) AS bucket, sum(size) AS born_bytes, count() AS born, 0 AS ended_bytes, 0 AS ended
  FROM allocations
  WHERE process = {p0:UInt64} AND time_ns <= {p4:Int64} AND ((stack NOT IN (
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
  GROUP BY bucket
  UNION ALL
  SELECT toInt32(multiIf((time_ns + toInt64(lifetime_ns)) < {p5:Int64}, -1, (time_ns + toInt64(lifetime_ns)) = {p5:Int64}, 0, intDiv((time_ns + toInt64(lifetime_ns)) - {p5:Int64} - 1, {p6:Int64}))) AS bucket, 0 AS born_bytes, 0 AS born, sum(size) AS ended_bytes, count() AS ended
  FROM allocations
  WHERE process = {p0:UInt64} AND freed = 1 AND (time_ns + toInt64(lifetime_ns)) <= {p4:Int64} AND ((stack NOT IN (
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
  GROUP BY bucket
  UNION ALL
  SELECT toInt32(multiIf(time_ns < {p5:Int64}, -1, time_ns = {p5:Int64}, 0, intDiv(time_ns - {p5:Int64} - 1, {p6:Int64}))) AS bucket, 0 AS born_bytes, 0 AS born, sum(size) AS ended_bytes, count() AS ended
  FROM late_frees
  WHERE process = {p0:UInt64} AND time_ns <= {p4:Int64} AND ((stack NOT IN (
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
  GROUP BY bucket
)
GROUP BY bucket
ORDER BY bucket
LIMIT 100001

-- p0 = "6840000000000000001"
-- p1 = "libc"
-- p2 = "json"
-- p3 = "parser"
-- p4 = "1700000060000000000"
-- p5 = "1700000000000000000"
-- p6 = "100000000"
