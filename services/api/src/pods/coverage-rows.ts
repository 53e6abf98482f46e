import type { CoverageContainer, CoverageFinding, CoveragePod } from "@heaphound/query";
import { reasonOf } from "./reason-of.js";

/** A container as the query returns it. */
export interface ContainerRow {
  pod_uid: string;
  namespace: string;
  workload: string;
  pod: string;
  node: string;
  phase: string;
  created: string;
  injected: boolean;
  container: string;
  reporting: boolean;
  codes: string[];
  details: string[];
  state: string;
  state_reason: string;
  restarts: number;
  limit_bytes: number;
  end_reason: string;
  end_code: number;
  end_finished: string;
  total: number;
}

/** Rows come pod by pod. */
export function toPods(rows: readonly ContainerRow[]): CoveragePod[] {
  const pods = new Map<string, CoveragePod>();
  for (const row of rows) {
    const pod = pods.get(row.pod_uid) ?? toPod(row);
    pod.containers.push(toContainer(row));
    pods.set(row.pod_uid, pod);
  }
  return [...pods.values()];
}

function toPod({ namespace, workload, pod, node, phase, created, injected }: ContainerRow): CoveragePod {
  return { namespace, workload, pod, node, phase, createdUnixNs: created, injected, containers: [] };
}

function toContainer(row: ContainerRow): CoverageContainer {
  return {
    container: row.container,
    reporting: row.reporting,
    state: row.state,
    stateReason: row.state_reason,
    restarts: row.restarts,
    limitBytes: row.limit_bytes > 0 ? row.limit_bytes : null,
    findings: row.codes.map((code, index) => toFinding(code, row, row.details[index] ?? "")),
    lastEnd:
      row.end_finished === "0"
        ? null
        : { reason: row.end_reason, exitCode: row.end_code, finishedUnixNs: row.end_finished },
  };
}

function toFinding(code: string, { reporting }: ContainerRow, detail: string): CoverageFinding {
  const isFine = code === "injected" && reporting;
  return { code, ...(isFine ? REPORTS : reasonOf(code)), detail };
}

const REPORTS = { severity: "info", title: "Reports", advice: "Nothing to do." } as const;
