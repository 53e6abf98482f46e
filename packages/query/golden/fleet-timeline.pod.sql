SELECT
  series, interval,
  sum(live) AS live_step, sum(live_count) AS live_count_step, sum(resident) AS resident_step, sum(present) AS processes_step,
  sum(allocated) AS allocated_bytes, sum(allocated_count) AS allocations
FROM
(
  SELECT
    series,
    if(ended, arrayPushBack(b.intervals, greatest(toInt32(multiIf(ended_ns < {p1:Int64}, -1, ended_ns = {p1:Int64}, 0, intDiv(ended_ns - {p1:Int64} - 1, {p2:Int64}))), b.intervals[-1]) + 1), b.intervals) AS intervals,
    arrayPopFront(arrayDifference(arrayPushFront(if(ended, arrayPushBack(b.live, 0), b.live), 0))) AS live_steps,
    arrayPopFront(arrayDifference(arrayPushFront(if(ended, arrayPushBack(b.live_count, 0), b.live_count), 0))) AS live_count_steps,
    arrayPopFront(arrayDifference(arrayPushFront(if(ended, arrayPushBack(arrayFill(x -> x > 0, b.resident), 0), arrayFill(x -> x > 0, b.resident)), 0))) AS resident_steps,
    arrayPopFront(arrayDifference(arrayPushFront(if(ended, arrayPushBack(arrayMap(x -> 1, b.live), 0), arrayMap(x -> 1, b.live)), 0))) AS present_steps,
    if(ended, arrayPushBack(b.allocated, 0), b.allocated) AS allocated_sums,
    if(ended, arrayPushBack(b.allocated_count, 0), b.allocated_count) AS allocated_count_sums
  FROM
  (
    SELECT process, ended_ns, ended_ns > 0 AND ended_ns <= {p3:Int64} AS ended, indexOf({p0:Array(String)}, arrayStringConcat([toString(namespace), toString(workload), toString(pod)], '\x1f')) AS series
    FROM (SELECT process, ended_ns, namespace, workload, pod FROM (
  SELECT
    process, namespace, workload, pod, container, hostname, ended_ns,
    lower(leftPad(hex(process), 16, '0')) AS process_key,
    if(empty(splitByChar('/', arguments[1])[-1]), splitByChar('/', executable)[-1], splitByChar('/', arguments[1])[-1]) AS name
  FROM processes FINAL
  WHERE ((namespace = {p4:String}) AND ((match(pod, {p5:String})) OR NOT (ended_ns = 0)) AND (pid IN {p6:Array(UInt64)})) AND started_ns <= {p3:Int64} AND (ended_ns = 0 OR ended_ns >= {p1:Int64})))
  ) AS p
  INNER JOIN
  (
    SELECT
      process, tupleElement(states, 1) AS intervals, tupleElement(states, 2) AS live, tupleElement(states, 3) AS live_count,
      tupleElement(states, 4) AS resident, tupleElement(states, 5) AS allocated, tupleElement(states, 6) AS allocated_count
    FROM
    (
      SELECT process, arraySort(groupArray((interval, live, live_count, resident, allocated, allocated_count))) AS states
      FROM
      (
        SELECT
          process,
          toInt32(multiIf(end_ns < {p1:Int64}, -1, end_ns = {p1:Int64}, 0, intDiv(end_ns - {p1:Int64} - 1, {p2:Int64}))) AS interval,
          argMax(live_bytes, block) AS live,
          argMax(live_allocations, block) AS live_count,
          argMaxIf(resident_bytes, block, resident_bytes > 0) AS resident,
          sum(allocated_bytes) AS allocated,
          sum(all_allocations) AS allocated_count
        FROM 
    (
      SELECT process, block, any(end_ns) AS end_ns, any(live_bytes) AS live_bytes, any(live_allocations) AS live_allocations, any(resident_bytes) AS resident_bytes, any(allocated_bytes) AS allocated_bytes, any(all_allocations) AS all_allocations
      FROM (SELECT process, block, end_ns, live_bytes, live_allocations, resident_bytes, allocated_bytes, all_allocations FROM blocks WHERE end_ns BETWEEN {p7:Int64} AND {p3:Int64} AND process IN (SELECT process FROM (
  SELECT
    process, namespace, workload, pod, container, hostname, ended_ns,
    lower(leftPad(hex(process), 16, '0')) AS process_key,
    if(empty(splitByChar('/', arguments[1])[-1]), splitByChar('/', executable)[-1], splitByChar('/', arguments[1])[-1]) AS name
  FROM processes FINAL
  WHERE ((namespace = {p4:String}) AND ((match(pod, {p5:String})) OR NOT (ended_ns = 0)) AND (pid IN {p6:Array(UInt64)})) AND started_ns <= {p3:Int64} AND (ended_ns = 0 OR ended_ns >= {p1:Int64}))))
      GROUP BY process, block
      UNION ALL
      SELECT process, block, end_ns, live_bytes, live_allocations, resident_bytes, allocated_bytes, all_allocations
      FROM blocks
      WHERE end_ns < {p7:Int64} AND process IN (SELECT process FROM (
  SELECT
    process, namespace, workload, pod, container, hostname, ended_ns,
    lower(leftPad(hex(process), 16, '0')) AS process_key,
    if(empty(splitByChar('/', arguments[1])[-1]), splitByChar('/', executable)[-1], splitByChar('/', arguments[1])[-1]) AS name
  FROM processes FINAL
  WHERE ((namespace = {p4:String}) AND ((match(pod, {p5:String})) OR NOT (ended_ns = 0)) AND (pid IN {p6:Array(UInt64)})) AND started_ns <= {p3:Int64} AND (ended_ns = 0 OR ended_ns >= {p1:Int64}))) AND process NOT IN (SELECT process FROM blocks WHERE end_ns BETWEEN {p7:Int64} AND {p1:Int64})
      ORDER BY process, block DESC
      LIMIT 16 BY process
    )
        GROUP BY process, interval
      )
      GROUP BY process
    )
  ) AS b USING (process)
)
ARRAY JOIN
  intervals AS interval, live_steps AS live, live_count_steps AS live_count, resident_steps AS resident,
  present_steps AS present, allocated_sums AS allocated, allocated_count_sums AS allocated_count
GROUP BY series, interval
ORDER BY series, interval
LIMIT 1000000

-- p0 = [shopcartcart-0]
-- p1 = "1700000000000000000"
-- p2 = "15000000000"
-- p3 = "1700003600000000000"
-- p4 = "shop"
-- p5 = "^cart-"
-- p6 = [1, 17]
-- p7 = "1699999940000000000"
