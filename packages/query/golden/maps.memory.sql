SELECT
  time_ns - {p0:Int64} AS timeNs,
  resident_bytes AS residentBytes, anonymous_bytes AS anonymousBytes, file_bytes AS fileBytes, shared_bytes AS sharedBytes,
  swap_bytes AS swapBytes, live_bytes AS liveBytes, profiler_bytes AS profilerBytes,
  cgroup_bytes AS cgroupBytes, cgroup_limit_bytes AS cgroupLimitBytes, cgroup_swap_bytes AS cgroupSwapBytes,
  cgroup_oom AS cgroupOom, cgroup_oom_kills AS cgroupOomKills
FROM memory_samples FINAL
WHERE process = {p1:UInt64} AND time_ns <= {p2:Int64}
ORDER BY time_ns DESC
LIMIT 1

-- p0 = "1700000000000000000"
-- p1 = "6840000000000000001"
-- p2 = "1700000005000000000"
