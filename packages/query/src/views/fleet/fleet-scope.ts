import type { Filter } from "../../ast.js";
import type { FleetBy } from "../../shapes/index.js";
import { PROGRAM_NAME } from "../../sql/columns.js";
import type { Params } from "../../sql/params.js";
import { processPredicate } from "../../sql/process-predicate.js";

/** Processes that existed at some time within a range of the clock (both ends included), and what gathers them. */
export interface FleetScope {
  filter: Filter;
  fromNs: bigint;
  toNs: bigint;
  by: FleetBy;
  /** Only processes of these namespaces; undefined: of all. */
  namespaces?: readonly string[] | undefined;
}

/** What names a group: its own label and those of what it lies in. */
export const FLEET_LABELS: Readonly<Record<FleetBy, readonly string[]>> = {
  all: [],
  namespace: ["namespace"],
  workload: ["namespace", "workload"],
  pod: ["namespace", "workload", "pod"],
  container: ["namespace", "workload", "pod", "container"],
  process: ["namespace", "workload", "pod", "container", "process_key", "name"],
};

/** Of the table `processes`; in it, later rows of a process replace earlier ones. */
export function fleetProcesses({ filter, fromNs, toNs, namespaces }: Omit<FleetScope, "by">, params: Params): string {
  const conditions = [
    processPredicate(filter, params),
    `started_ns <= ${params.time(toNs)}`,
    `(ended_ns = 0 OR ended_ns >= ${params.time(fromNs)})`,
    ...(namespaces ? [`has(${params.bind([...namespaces], "Array(String)")}, namespace)`] : []),
  ];
  return `
  SELECT
    process, namespace, workload, pod, container, hostname, ended_ns,
    lower(leftPad(hex(process), 16, '0')) AS process_key,
    ${PROGRAM_NAME} AS name
  FROM processes FINAL
  WHERE ${conditions.join(" AND ")}`;
}

/** The labels of a group as one text, to name groups by. */
export function groupKey(by: FleetBy): string {
  return `arrayStringConcat([${FLEET_LABELS[by].map((label) => `toString(${label})`).join(", ") || "''"}], '\\x1f')`;
}
