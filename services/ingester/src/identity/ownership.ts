import { status } from "@grpc/grpc-js";
import { formatProcessKey, type ClickHouseClient } from "@heaphound/service-kit";
import { RejectedError } from "../errors.js";
import type { Admission } from "./stream-guard.js";

/** A key that another pod streams under is not this one's to go on with. Throws RejectedError. */
export async function checkOwner(
  client: ClickHouseClient,
  process: bigint,
  admission: Admission | undefined,
): Promise<void> {
  if (!admission) return;
  const result = await client.query({
    query: "SELECT any(pod_uid) AS uid FROM processes WHERE process = {process:UInt64} AND pod_uid != ''",
    query_params: { process: process.toString() },
    format: "JSONEachRow",
  });
  const [row] = await result.json<{ uid: string }>();
  if (!row || row.uid === "" || row.uid === admission.identity.uid) return;
  throw new RejectedError(
    "foreign_process",
    `process ${formatProcessKey(process)} belongs to another pod`,
    status.PERMISSION_DENIED,
  );
}
