SELECT
  stack,
  toInt64(sum(b)) AS bytes,
  toInt64(sum(c)) AS count,
  sum(allocated_bytes) AS allocatedBytes,
  sum(allocated_count) AS allocations,
  sum(freed_bytes) AS freedBytes,
  sum(freed_count) AS frees,
  sum(leaked_bytes) AS leakedBytes,
  sum(leaked_count) AS leaked,
  sum(temporary_count) AS temporaries,
  ifNull(min(min_size), 0) AS minSize,
  ifNull(max(max_size), 0) AS maxSize,
  ifNull(min(first_ns), {p10:Int64}) - {p10:Int64} AS firstNs,
  ifNull(max(last_ns), {p10:Int64}) - {p10:Int64} AS lastNs,
  if(sum(lifetime_count) = 0, NULL, sum(lifetime_sum) / sum(lifetime_count)) AS meanLifetimeNs,
  count() OVER () AS totalStacks,
  sum(bytes) OVER () AS totalBytes,
  sum(count) OVER () AS totalCount,
  0. AS bytesDeviation,
  sqrt(0.) AS totalBytesDeviation
FROM
(
  SELECT
    stack,
    toInt64(sumIf(size, NOT (1 = 1) AND time_ns BETWEEN {p6:Int64} AND {p7:Int64})) AS b, toInt64(countIf(NOT (1 = 1) AND time_ns BETWEEN {p6:Int64} AND {p7:Int64})) AS c,
    toInt64(sumIf(size, time_ns BETWEEN {p6:Int64} AND {p7:Int64})) AS allocated_bytes, toInt64(countIf(time_ns BETWEEN {p6:Int64} AND {p7:Int64})) AS allocated_count,
    toInt64(sumIf(size, (time_ns + toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64})) AS freed_bytes, toInt64(countIf((time_ns + toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64})) AS freed_count,
    toInt64(sumIf(size, NOT (1 = 1) AND time_ns BETWEEN {p6:Int64} AND {p7:Int64})) AS leaked_bytes, toInt64(countIf(NOT (1 = 1) AND time_ns BETWEEN {p6:Int64} AND {p7:Int64})) AS leaked_count,
    toInt64(sumIf(size, time_ns BETWEEN {p6:Int64} AND {p7:Int64} AND lifetime_ns < 10000000)) AS temporary_bytes, toInt64(countIf(time_ns BETWEEN {p6:Int64} AND {p7:Int64} AND lifetime_ns < 10000000)) AS temporary_count,
    minOrNullIf(size, time_ns BETWEEN {p6:Int64} AND {p7:Int64}) AS min_size, maxOrNullIf(size, time_ns BETWEEN {p6:Int64} AND {p7:Int64}) AS max_size,
    minOrNullIf(time_ns, time_ns BETWEEN {p6:Int64} AND {p7:Int64}) AS first_ns, maxOrNullIf(time_ns, time_ns BETWEEN {p6:Int64} AND {p7:Int64}) AS last_ns,
    sumIf(toFloat64(lifetime_ns), time_ns BETWEEN {p6:Int64} AND {p7:Int64}) AS lifetime_sum, countIf(time_ns BETWEEN {p6:Int64} AND {p7:Int64}) AS lifetime_count
  FROM allocations
  WHERE process = {p2:UInt64} AND freed = 1 AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p8:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p9:Int64}) AND (time_ns BETWEEN {p6:Int64} AND {p7:Int64} OR (time_ns + toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64}) AND ((size BETWEEN {p0:UInt64} AND {p1:UInt64}) AND NOT ((1 = 1 AND lifetime_ns < 10000000) OR (stack IN (
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
  SELECT
    stack,
    toInt64(sumIf(size, NOT (1 = 1) AND (time_ns - toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64})) AS b, toInt64(countIf(NOT (1 = 1) AND (time_ns - toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64})) AS c,
    toInt64(sumIf(size, (time_ns - toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64})) AS allocated_bytes, toInt64(countIf((time_ns - toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64})) AS allocated_count,
    toInt64(sumIf(size, time_ns BETWEEN {p6:Int64} AND {p7:Int64})) AS freed_bytes, toInt64(countIf(time_ns BETWEEN {p6:Int64} AND {p7:Int64})) AS freed_count,
    toInt64(sumIf(size, NOT (1 = 1) AND (time_ns - toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64})) AS leaked_bytes, toInt64(countIf(NOT (1 = 1) AND (time_ns - toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64})) AS leaked_count,
    toInt64(sumIf(size, (time_ns - toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64} AND lifetime_ns < 10000000)) AS temporary_bytes, toInt64(countIf((time_ns - toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64} AND lifetime_ns < 10000000)) AS temporary_count,
    minOrNullIf(size, (time_ns - toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64}) AS min_size, maxOrNullIf(size, (time_ns - toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64}) AS max_size,
    minOrNullIf((time_ns - toInt64(lifetime_ns)), (time_ns - toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64}) AS first_ns, maxOrNullIf((time_ns - toInt64(lifetime_ns)), (time_ns - toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64}) AS last_ns,
    sumIf(toFloat64(lifetime_ns), (time_ns - toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64}) AS lifetime_sum, countIf((time_ns - toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64}) AS lifetime_count
  FROM late_frees
  WHERE process = {p2:UInt64} AND block >= (SELECT min(block) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p8:Int64}) AND ((time_ns - toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64} OR time_ns BETWEEN {p6:Int64} AND {p7:Int64}) AND ((size BETWEEN {p0:UInt64} AND {p1:UInt64}) AND NOT ((1 = 1 AND lifetime_ns < 10000000) OR (stack IN (
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
  SELECT
    stack,
    toInt64(sumIf(size, NOT (1 = 0) AND time_ns BETWEEN {p6:Int64} AND {p7:Int64})) AS b, toInt64(countIf(NOT (1 = 0) AND time_ns BETWEEN {p6:Int64} AND {p7:Int64})) AS c,
    toInt64(sumIf(size, time_ns BETWEEN {p6:Int64} AND {p7:Int64})) AS allocated_bytes, toInt64(countIf(time_ns BETWEEN {p6:Int64} AND {p7:Int64})) AS allocated_count,
    toInt64(sumIf(size, 1 = 0 AND (time_ns + toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64})) AS freed_bytes, toInt64(countIf(1 = 0 AND (time_ns + toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64})) AS freed_count,
    toInt64(sumIf(size, NOT (1 = 0) AND time_ns BETWEEN {p6:Int64} AND {p7:Int64})) AS leaked_bytes, toInt64(countIf(NOT (1 = 0) AND time_ns BETWEEN {p6:Int64} AND {p7:Int64})) AS leaked_count,
    toInt64(sumIf(size, 1 = 0 AND time_ns BETWEEN {p6:Int64} AND {p7:Int64} AND lifetime_ns < 10000000)) AS temporary_bytes, toInt64(countIf(1 = 0 AND time_ns BETWEEN {p6:Int64} AND {p7:Int64} AND lifetime_ns < 10000000)) AS temporary_count,
    minOrNullIf(size, time_ns BETWEEN {p6:Int64} AND {p7:Int64}) AS min_size, maxOrNullIf(size, time_ns BETWEEN {p6:Int64} AND {p7:Int64}) AS max_size,
    minOrNullIf(time_ns, time_ns BETWEEN {p6:Int64} AND {p7:Int64}) AS first_ns, maxOrNullIf(time_ns, time_ns BETWEEN {p6:Int64} AND {p7:Int64}) AS last_ns,
    sumIf(toFloat64(lifetime_ns), 1 = 0 AND time_ns BETWEEN {p6:Int64} AND {p7:Int64}) AS lifetime_sum, countIf(1 = 0 AND time_ns BETWEEN {p6:Int64} AND {p7:Int64}) AS lifetime_count
  FROM allocations
  WHERE process = {p2:UInt64} AND freed = 0 AND id NOT IN (SELECT id FROM late_frees WHERE process = {p2:UInt64}) AND id >= (SELECT min(first_allocation) FROM blocks WHERE process = {p2:UInt64} AND end_ns >= {p8:Int64}) AND id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = {p2:UInt64} AND start_ns <= {p9:Int64}) AND (time_ns BETWEEN {p6:Int64} AND {p7:Int64} OR 1 = 0 AND (time_ns + toInt64(lifetime_ns)) BETWEEN {p6:Int64} AND {p7:Int64}) AND ((size BETWEEN {p0:UInt64} AND {p1:UInt64}) AND NOT ((1 = 0 AND lifetime_ns < 10000000) OR (stack IN (
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
ORDER BY bytes DESC NULLS LAST, stack
LIMIT {p11:UInt32} OFFSET {p12:UInt32}

-- p0 = 1024
-- p1 = 65536
-- p2 = "6840000000000000001"
-- p3 = "main"
-- p4 = "1700000030000000000"
-- p5 = 4
-- p6 = "1700000005000000000"
-- p7 = "1700000012500000000"
-- p8 = "1700000004900000000"
-- p9 = "1700000012600000000"
-- p10 = "1700000000000000000"
-- p11 = 100
-- p12 = 0
