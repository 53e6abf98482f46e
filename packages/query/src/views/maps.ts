import { Params, type CompiledQuery } from "../sql/params.js";
import type { ProcessScope } from "../sql/scope.js";

/** Most calls that are replayed to find out where mappings come from. */
export const MAX_REPLAYED_CALLS = 500_000;
const MAX_SAMPLES = 2_000;

export interface MapsQuestion {
  scope: ProcessScope;
  /** Unix nanoseconds. */
  atNs: bigint;
}

/** When the kernel's list was taken, as text, the newest first: `time_ns`. */
export function compileMapSampleTimes({ process }: ProcessScope): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT toString(time_ns) AS time_ns, sum(resident_bytes) AS resident, count() AS mappings
FROM mappings FINAL
WHERE process = ${params.bind(process, "UInt64")}
GROUP BY time_ns
ORDER BY time_ns DESC
LIMIT ${MAX_SAMPLES}`);
}

/** The mappings of one sample, in order of their addresses. */
export function compileMappings({ process }: ProcessScope, sampledNs: bigint): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT
  toString(start) AS start, toString(size) AS size, toString(permissions) AS permissions, toString(name) AS name,
  resident_bytes AS resident, proportional_bytes AS proportional, private_dirty_bytes AS private_dirty,
  anonymous_bytes AS anonymous, swap_bytes AS swap
FROM mappings FINAL
WHERE process = ${params.bind(process, "UInt64")} AND time_ns = ${params.time(sampledNs)}
ORDER BY mappings.start
LIMIT 10000`);
}

/** The calls that changed the address space up to an instant, in the order in which they happened. */
export function compileMemoryCalls({ scope, atNs }: MapsQuestion): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT
  toString(kind) AS kind, time_ns - ${params.time(scope.startedNs)} AS time, tid, stack,
  toString(address) AS address, toString(size) AS size, toString(old_address) AS old_address, toString(old_size) AS old_size,
  protection, flags
FROM memory_calls FINAL
WHERE process = ${params.bind(scope.process, "UInt64")} AND time_ns <= ${params.time(atNs)} AND kind != 'mallopt'
ORDER BY time_ns, block, number
LIMIT ${MAX_REPLAYED_CALLS}`);
}

/** Settings of the allocator that the program changed, in order. */
export function compileSettings({ process, startedNs }: ProcessScope): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT time_ns - ${params.time(startedNs)} AS time, tid, stack, parameter, value, result
FROM memory_calls FINAL
WHERE process = ${params.bind(process, "UInt64")} AND kind = 'mallopt'
ORDER BY time_ns, block, number
LIMIT 1000`);
}

/** The newest sample of the process's memory up to an instant. */
export function compileMemorySample({ scope, atNs }: MapsQuestion): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT
  time_ns - ${params.time(scope.startedNs)} AS timeNs,
  resident_bytes AS residentBytes, anonymous_bytes AS anonymousBytes, file_bytes AS fileBytes, shared_bytes AS sharedBytes,
  swap_bytes AS swapBytes, live_bytes AS liveBytes, profiler_bytes AS profilerBytes,
  cgroup_bytes AS cgroupBytes, cgroup_limit_bytes AS cgroupLimitBytes, cgroup_swap_bytes AS cgroupSwapBytes,
  cgroup_oom AS cgroupOom, cgroup_oom_kills AS cgroupOomKills
FROM memory_samples FINAL
WHERE process = ${params.bind(scope.process, "UInt64")} AND time_ns <= ${params.time(atNs)}
ORDER BY time_ns DESC
LIMIT 1`);
}

/** Allocators of the process, with what each said of itself last. */
export function compileAllocators({ process }: ProcessScope): CompiledQuery {
  const params = new Params();
  const key = params.bind(process, "UInt64");
  return params.query(`
SELECT
  a.number AS number, toString(a.name) AS name, toString(a.module) AS module, toString(a.version) AS version,
  toString(a.prefix) AS prefix, toString(a.hooking) AS hooking, a.reason AS reason,
  s.in_use AS inUseBytes, s.free AS freeBytes, s.mapped AS mappedBytes, s.arena_count AS arenas,
  s.big AS bigBytes, s.big_count AS bigBlocks, s.top AS topBytes, toUInt8(s.samples > 0) AS sampled
FROM (SELECT number, name, module, version, prefix, hooking, reason FROM allocators FINAL WHERE process = ${key}) AS a
LEFT ANY JOIN
(
  SELECT allocator, count() AS samples, argMax(in_use_bytes, time_ns) AS in_use, argMax(free_bytes, time_ns) AS free,
    argMax(mapped_bytes, time_ns) AS mapped, argMax(allocator_samples.arenas, time_ns) AS arena_count,
    argMax(big_bytes, time_ns) AS big, argMax(big_blocks, time_ns) AS big_count, argMax(top_bytes, time_ns) AS top
  FROM allocator_samples WHERE process = ${key} GROUP BY allocator
) AS s ON a.number = s.allocator
ORDER BY number
LIMIT 1000`);
}
