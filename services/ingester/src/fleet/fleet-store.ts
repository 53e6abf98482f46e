import { status } from "@grpc/grpc-js";
import type { ClickHouseClient } from "@heaphound/service-kit";
import type { ContainerEnd, PodContainer, PodReport, ReportedContainer } from "@heaphound/wire";
import { RejectedError } from "../errors.js";

export const MAX_ITEMS = 1_000;
const MAX_TEXT = 1_024;
const MAX_CODES = 20;

type Reported = Pick<ReportedContainer, "podUid" | "container" | "allocations" | "startedUnixNs">;

/** Kubernetes' side in the database: what pods have sent, and how they are. */
export class FleetStore {
  constructor(
    private readonly client: ClickHouseClient,
    private readonly now: () => number = Date.now,
  ) {}

  /** Containers of these pods that have processes here, whether those have allocated or not. */
  async reported(podUids: readonly string[]): Promise<Reported[]> {
    checkCount(podUids.length);
    if (podUids.length === 0) return [];
    const result = await this.client.query({
      query: `
        SELECT pod_uid, toString(container) AS container, toString(sum(b.made)) AS allocations, toString(max(started_ns)) AS started
        FROM (SELECT process, pod_uid, container, started_ns FROM processes FINAL WHERE pod_uid IN {uids:Array(String)}) AS p
        LEFT ANY JOIN
        (
          SELECT process, sum(all_allocations) AS made FROM blocks FINAL
          WHERE process IN (SELECT process FROM processes WHERE pod_uid IN {uids:Array(String)}) GROUP BY process
        ) AS b USING (process)
        GROUP BY pod_uid, container`,
      query_params: { uids: podUids },
      format: "JSONEachRow",
    });
    const rows = await result.json<{ pod_uid: string; container: string; allocations: string; started: string }>();
    return rows.map((row) => ({
      podUid: row.pod_uid,
      container: row.container,
      allocations: BigInt(row.allocations),
      startedUnixNs: BigInt(row.started),
    }));
  }

  /** Resolves when it is stored. Saying the same again changes nothing but the time. */
  async record({ containers, ends }: PodReport): Promise<void> {
    checkCount(containers.length);
    checkCount(ends.length);
    const updatedNs = String(BigInt(this.now()) * 1_000_000n);
    await this.insert("container_ends", ends.map(endRow));
    await this.insert(
      "pods",
      containers.map((container) => ({ updated_ns: updatedNs, ...podRow(container) })),
    );
  }

  private async insert(table: "pods" | "container_ends", values: readonly object[]): Promise<void> {
    if (values.length > 0) await this.client.insert({ table, values, format: "JSONEachRow" });
  }
}

function checkCount(count: number): void {
  if (count > MAX_ITEMS)
    throw new RejectedError(
      "message_too_large",
      `${count} items where ${MAX_ITEMS} are allowed`,
      status.INVALID_ARGUMENT,
    );
}

const text = (value: string): string => value.slice(0, MAX_TEXT);

function podRow(pod: PodContainer): object {
  return {
    pod_uid: text(pod.podUid),
    container: text(pod.container),
    namespace: text(pod.namespace),
    pod: text(pod.pod),
    workload: text(pod.workload),
    node: text(pod.node),
    phase: text(pod.phase),
    created_ns: String(pod.createdUnixNs),
    deleted: pod.deleted,
    injected: pod.injected,
    reporting: pod.reporting,
    codes: pod.codes.slice(0, MAX_CODES).map(text),
    details: pod.details.slice(0, MAX_CODES).map(text),
    state: text(pod.state),
    state_reason: text(pod.stateReason),
    restarts: pod.restarts,
    limit_bytes: String(pod.limitBytes),
    request_bytes: String(pod.requestBytes),
  };
}

function endRow(end: ContainerEnd): object {
  return {
    pod_uid: text(end.podUid),
    container: text(end.container),
    started_ns: String(end.startedUnixNs),
    finished_ns: String(end.finishedUnixNs),
    namespace: text(end.namespace),
    pod: text(end.pod),
    reason: text(end.reason),
    exit_code: end.exitCode,
    signal: end.signal,
    restarts: end.restarts,
    limit_bytes: String(end.limitBytes),
  };
}
