import type { Filter } from "../ast.js";
import { PROGRAM_NAME } from "../sql/columns.js";
import { Params, type CompiledQuery } from "../sql/params.js";
import { processPredicate } from "../sql/process-predicate.js";

export const PROCESS_SORTS = ["started", "name", "live", "peak", "allocations", "duration"] as const;
export type ProcessSort = (typeof PROCESS_SORTS)[number];

const SORT_COLUMNS: Record<ProcessSort, string> = {
  started: "started_ns",
  name: "name",
  live: "live_bytes",
  peak: "peak_live_bytes",
  allocations: "allocations",
  duration: "duration_ns",
};

export interface ProcessesQuestion {
  filter: Filter;
  /** Plain text that name, arguments, pod, workload, host or key contain, in any case. */
  search?: string | undefined;
  sort: ProcessSort;
  order: "asc" | "desc";
  limit: number;
  offset: number;
  /** Only processes of these namespaces; undefined: of all. */
  namespaces?: readonly string[] | undefined;
}

/** Processes with the totals of their blocks; each row carries the number of all that match. */
export function compileProcesses(question: ProcessesQuestion): CompiledQuery {
  const params = new Params();
  const { filter, search, sort, order, limit, offset } = question;
  const conditions = [
    processPredicate(filter, params),
    ...(search ? [searchCondition(search, params)] : []),
    ...scopeCondition(question.namespaces, params),
  ];
  return params.query(`${summaries(conditions.join(" AND "))}
ORDER BY ${SORT_COLUMNS[sort]} ${order === "asc" ? "ASC" : "DESC"}, process
LIMIT ${params.bind(limit, "UInt32")} OFFSET ${params.bind(offset, "UInt32")}`);
}

/** How a process may be named in an address: by key, unique prefix of a key, pod name, or `latest`. */
export type ProcessReference =
  { by: "prefix"; hex: string } | { by: "pod"; pod: string } | { by: "either"; text: string } | { by: "latest" };

/** At most three processes that a reference may mean: enough to see whether it is unique. */
export function compileFindProcess(reference: ProcessReference, namespaces?: readonly string[]): CompiledQuery {
  const params = new Params();
  const conditions = [referenceCondition(reference, params), ...scopeCondition(namespaces, params)];
  return params.query(`${summaries(conditions.join(" AND "))}
ORDER BY started_ns DESC, process
LIMIT ${reference.by === "latest" ? 1 : 3}`);
}

/** The namespaces that processes were recorded in, or that somebody asked profiles of pods in. */
export function compileNamespaces(): CompiledQuery {
  return new Params().query(
    `SELECT DISTINCT namespace FROM
(SELECT toString(namespace) AS namespace FROM processes UNION ALL SELECT toString(namespace) AS namespace FROM pods)
WHERE namespace != '' ORDER BY namespace LIMIT 10000`,
  );
}

function scopeCondition(namespaces: readonly string[] | undefined, params: Params): string[] {
  return namespaces ? [`has(${params.bind([...namespaces], "Array(String)")}, namespace)`] : [];
}

function referenceCondition(reference: ProcessReference, params: Params): string {
  switch (reference.by) {
    case "latest":
      return "1 = 1";
    case "pod":
      return `pod = ${params.bind(reference.pod, "String")}`;
    case "prefix":
      return keyRange(reference.hex, params);
    case "either":
      return `(pod = ${params.bind(reference.text, "String")} OR ${keyRange(reference.text, params)})`;
  }
}

/** Keys that begin with these hex digits. */
function keyRange(hex: string, params: Params): string {
  const low = BigInt(`0x${hex.padEnd(16, "0")}`);
  const high = BigInt(`0x${hex.padEnd(16, "f")}`);
  return `process BETWEEN ${params.bind(String(low), "UInt64")} AND ${params.bind(String(high), "UInt64")}`;
}

function searchCondition(search: string, params: Params): string {
  const text = params.bind(search, "String");
  const columns = [
    "executable",
    "arrayStringConcat(arguments, ' ')",
    "pod",
    "workload",
    "namespace",
    "hostname",
    "lower(leftPad(hex(process), 16, '0'))",
  ];
  return `(${columns.map((column) => `positionCaseInsensitiveUTF8(${column}, ${text}) > 0`).join(" OR ")})`;
}

function summaries(where: string): string {
  return `
SELECT
  lower(leftPad(hex(process), 16, '0')) AS key,
  if(parent_process = 0, NULL, lower(leftPad(hex(parent_process), 16, '0'))) AS parent_key,
  ${PROGRAM_NAME} AS name,
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
FROM (SELECT * FROM processes FINAL WHERE ${where}) AS p
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
  WHERE process IN (SELECT process FROM processes WHERE ${where})
  GROUP BY process
) AS b USING (process)
LEFT ANY JOIN
(
  SELECT process, sum(count) AS lost FROM losses FINAL
  WHERE kind NOT IN ('unrecorded_free', 'forgotten') AND process IN (SELECT process FROM processes WHERE ${where})
  GROUP BY process
) AS l USING (process)
LEFT ANY JOIN
(
  SELECT process, argMax(toString(to_mode), (block, place)) AS newest_mode FROM mode_changes FINAL
  WHERE process IN (SELECT process FROM processes WHERE ${where})
  GROUP BY process
) AS m USING (process)`;
}
