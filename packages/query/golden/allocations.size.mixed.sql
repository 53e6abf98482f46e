SELECT toString(sort_key) AS sort_key, toString(id) AS id
FROM
(
  SELECT * FROM (SELECT size AS sort_key, id FROM allocations
  WHERE process = {p3:UInt64} AND freed = 1 AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p3:UInt64} AND end_ns >= {p9:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p3:UInt64} AND start_ns <= {p10:Int64}) AND time_ns BETWEEN {p11:Int64} AND {p12:Int64} AND (size, id) < ({p7:UInt64}, {p8:UInt64}) AND ((size BETWEEN {p1:UInt64} AND {p2:UInt64}) AND NOT ((1 = 1 AND lifetime_ns < 10000000) OR (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p3:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p3:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p3:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p3:UInt64}))) AND arrayExists((function, file) -> function = {p4:String}, if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    )))) AND (time_ns > {p5:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p3:UInt64} AND depth > {p6:UInt64}) OR (stack = 0 AND 0 > {p6:UInt64})))
  ORDER BY sort_key DESC, id DESC
LIMIT {p0:UInt32})
  UNION ALL
  SELECT * FROM (SELECT size AS sort_key, id FROM late_frees
  WHERE process = {p3:UInt64} AND block >= (SELECT min(block) FROM blocks WHERE process = {p3:UInt64} AND end_ns >= {p9:Int64}) AND (time_ns - toInt64(lifetime_ns)) BETWEEN {p11:Int64} AND {p12:Int64} AND (size, id) < ({p7:UInt64}, {p8:UInt64}) AND ((size BETWEEN {p1:UInt64} AND {p2:UInt64}) AND NOT ((1 = 1 AND lifetime_ns < 10000000) OR (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p3:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p3:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p3:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p3:UInt64}))) AND arrayExists((function, file) -> function = {p4:String}, if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    )))) AND ((time_ns - toInt64(lifetime_ns)) > {p5:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p3:UInt64} AND depth > {p6:UInt64}) OR (stack = 0 AND 0 > {p6:UInt64})))
  ORDER BY sort_key DESC, id DESC
LIMIT {p0:UInt32})
  UNION ALL
  SELECT * FROM (SELECT size AS sort_key, id FROM allocations
  WHERE process = {p3:UInt64} AND freed = 0 AND id NOT IN (SELECT id FROM late_frees WHERE process = {p3:UInt64}) AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p3:UInt64} AND end_ns >= {p9:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p3:UInt64} AND start_ns <= {p10:Int64}) AND time_ns BETWEEN {p11:Int64} AND {p12:Int64} AND (size, id) < ({p7:UInt64}, {p8:UInt64}) AND ((size BETWEEN {p1:UInt64} AND {p2:UInt64}) AND NOT ((1 = 0 AND lifetime_ns < 10000000) OR (stack IN (
    SELECT stack FROM process_stacks WHERE process = {p3:UInt64} AND stack_id IN
    (
      SELECT stack_id FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p3:UInt64})) WHERE frame IN (
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p3:UInt64}))) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE f.frame IN (SELECT frame FROM (SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {p3:UInt64}))) AND arrayExists((function, file) -> function = {p4:String}, if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions), if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), '')))
      )
    )))) AND (time_ns > {p5:Int64}) AND (stack IN (SELECT stack FROM process_stacks WHERE process = {p3:UInt64} AND depth > {p6:UInt64}) OR (stack = 0 AND 0 > {p6:UInt64})))
  ORDER BY sort_key DESC, id DESC
LIMIT {p0:UInt32})
) AS page
ORDER BY page.sort_key DESC, page.id DESC
LIMIT {p0:UInt32}

-- p0 = 100
-- p1 = 1024
-- p2 = 65536
-- p3 = "6840000000000000001"
-- p4 = "main"
-- p5 = "1700000030000000000"
-- p6 = 4
-- p7 = "4096"
-- p8 = "77"
-- p9 = "1700000004900000000"
-- p10 = "1700000012600000000"
-- p11 = "1700000005000000000"
-- p12 = "1700000012500000000"
