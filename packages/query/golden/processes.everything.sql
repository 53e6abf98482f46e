SELECT
  lower(leftPad(hex(process), 16, '0')) AS key,
  if(parent_process = 0, NULL, lower(leftPad(hex(parent_process), 16, '0'))) AS parent_key,
  if(empty(splitByChar('/', arguments[1])[-1]), splitByChar('/', executable)[-1], splitByChar('/', arguments[1])[-1]) AS name,
  executable, arguments, pid, hostname, namespace, workload, pod, container, architecture, libc, allocator, mode,
  free_stacks,
  page_size,
  toString(started_ns) AS started_unix_ns,
  greatest(ended_ns, b.last_event, started_ns) - started_ns AS duration_ns,
  ended_ns = 0 AS running,
  end_reason,
  b.live AS live_bytes, b.live_count AS live_allocations,
  b.peak AS peak_live_bytes, greatest(b.peak_time, started_ns) - started_ns AS peak_ns,
  b.allocated AS allocated_bytes, b.allocated_count AS allocations, b.freed_count AS frees,
  b.resident AS resident_bytes, b.peak_resident AS peak_resident_bytes, b.memory_limit AS limit_bytes,
  b.newest AS revision,
  l.lost AS loss_count,
  b.any_sampled AS is_sampled, b.any_partial AS is_partial, b.culled AS culled_allocations,
  b.live_deviation AS live_bytes_deviation,
  if(m.newest_mode = '', mode, m.newest_mode) AS current_mode,
  count() OVER () AS total
FROM (SELECT * FROM processes FINAL WHERE (1 = 1)) AS p
LEFT ANY JOIN
(
  SELECT
    process,
    argMax(live_bytes, block) AS live,
    argMax(live_allocations, block) AS live_count,
    max(peak_live_bytes) AS peak,
    argMax(peak_ns, peak_live_bytes) AS peak_time,
    sum(allocated_bytes) AS allocated,
    sum(all_allocations) AS allocated_count,
    sum(all_frees) AS freed_count,
    max(sampled) AS any_sampled,
    max(partial) AS any_partial,
    sum(culled) AS culled,
    argMax(live_bytes_deviation, block) AS live_deviation,
    argMaxIf(resident_bytes, block, resident_bytes > 0) AS resident,
    max(resident_bytes) AS peak_resident,
    argMaxIf(cgroup_limit_bytes, block, resident_bytes > 0) AS memory_limit,
    max(end_ns) AS last_event,
    max(block) AS newest
  FROM blocks FINAL
  WHERE process IN (SELECT process FROM processes WHERE (1 = 1))
  GROUP BY process
) AS b USING (process)
LEFT ANY JOIN
(
  SELECT process, sum(count) AS lost FROM losses FINAL
  WHERE kind NOT IN ('unrecorded_free', 'forgotten') AND process IN (SELECT process FROM processes WHERE (1 = 1))
  GROUP BY process
) AS l USING (process)
LEFT ANY JOIN
(
  SELECT process, argMax(toString(to_mode), (block, place)) AS newest_mode FROM mode_changes FINAL
  WHERE process IN (SELECT process FROM processes WHERE (1 = 1))
  GROUP BY process
) AS m USING (process)
ORDER BY started_ns DESC, process
LIMIT {p0:UInt32} OFFSET {p1:UInt32}

-- p0 = 100
-- p1 = 0
