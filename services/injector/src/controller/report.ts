import { create } from "@bufbuild/protobuf";
import { ContainerEndSchema, PodContainerSchema, type ContainerEnd, type PodContainer } from "@heaphound/wire";
import type { CoverageRow } from "./coverage.js";
import type { ContainerEnding } from "./ends.js";

const unixNs = (ms: number): bigint => BigInt(Math.round(ms)) * 1_000_000n;

/** A row as the ingester takes it. */
export function toWire(row: CoverageRow, deleted: boolean): PodContainer {
  const { pod, findings } = row;
  return create(PodContainerSchema, {
    podUid: pod.uid,
    container: row.container,
    namespace: pod.namespace,
    pod: pod.name,
    workload: row.workload,
    node: pod.node,
    phase: pod.status?.phase ?? "",
    createdUnixNs: unixNs(pod.createdMs),
    deleted,
    injected: row.injected,
    reporting: row.reporting,
    codes: findings.map(({ code }) => code),
    details: findings.map(({ detail = "" }) => detail),
    state: row.state,
    stateReason: row.stateReason,
    restarts: row.restarts,
    limitBytes: BigInt(row.limitBytes),
    requestBytes: BigInt(row.requestBytes),
  });
}

export function endToWire(end: ContainerEnding): ContainerEnd {
  const { startedMs, finishedMs, limitBytes, ...rest } = end;
  return create(ContainerEndSchema, {
    ...rest,
    startedUnixNs: unixNs(startedMs),
    finishedUnixNs: unixNs(finishedMs),
    limitBytes: BigInt(limitBytes),
  });
}
