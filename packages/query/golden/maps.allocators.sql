SELECT
  a.number AS number, toString(a.name) AS name, toString(a.module) AS module, toString(a.version) AS version,
  toString(a.prefix) AS prefix, toString(a.hooking) AS hooking, a.reason AS reason,
  s.in_use AS inUseBytes, s.free AS freeBytes, s.mapped AS mappedBytes, s.arena_count AS arenas,
  s.big AS bigBytes, s.big_count AS bigBlocks, s.top AS topBytes, toUInt8(s.samples > 0) AS sampled
FROM (SELECT number, name, module, version, prefix, hooking, reason FROM allocators FINAL WHERE process = {p0:UInt64}) AS a
LEFT ANY JOIN
(
  SELECT allocator, count() AS samples, argMax(in_use_bytes, time_ns) AS in_use, argMax(free_bytes, time_ns) AS free,
    argMax(mapped_bytes, time_ns) AS mapped, argMax(allocator_samples.arenas, time_ns) AS arena_count,
    argMax(big_bytes, time_ns) AS big, argMax(big_blocks, time_ns) AS big_count, argMax(top_bytes, time_ns) AS top
  FROM allocator_samples WHERE process = {p0:UInt64} GROUP BY allocator
) AS s ON a.number = s.allocator
ORDER BY number
LIMIT 1000

-- p0 = "6840000000000000001"
