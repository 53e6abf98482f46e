import type { ClickHouseClient } from "@heaphound/service-kit";
import type { Hello } from "@heaphound/wire";

export interface EndSearch {
  nowNs: bigint;
  /** Connected here: whatever their rows say, they run. */
  connected: readonly bigint[];
}

/**
 * Ends processes that run no more as far as anybody knows: no Goodbye, and not seen since `beforeNs`. It asks the
 * database, so it also finds what an earlier run of the ingester left behind. Returns how many there were.
 */
export async function markLostProcesses(
  client: ClickHouseClient,
  search: EndSearch & { beforeNs: bigint },
): Promise<number> {
  return endProcesses(client, {
    ...search,
    reason: "lost",
    condition: "last_seen_ns < {before:Int64}",
    params: { before: search.beforeNs.toString() },
  });
}

/**
 * Ends earlier runs under the same process id in the same place, which have said no Goodbye: a program that was replaced
 * by another one (exec) cannot. Returns how many there were.
 */
export async function endReplacedRuns(client: ClickHouseClient, hello: Hello, search: EndSearch): Promise<number> {
  return endProcesses(client, {
    ...search,
    reason: "exec",
    condition: `pid = {pid:UInt32} AND hostname = {hostname:String} AND pod = {pod:String} AND container = {container:String}
      AND started_ns < {started:Int64} AND process != {process:UInt64}`,
    params: {
      pid: hello.pid,
      hostname: hello.hostname,
      pod: hello.pod?.name ?? "",
      container: hello.pod?.container ?? "",
      started: hello.startedUnixNs.toString(),
      process: hello.process,
    },
  });
}

interface Ending extends EndSearch {
  reason: string;
  condition: string;
  params: Record<string, unknown>;
}

async function endProcesses(
  client: ClickHouseClient,
  { nowNs, connected, reason, condition, params }: Ending,
): Promise<number> {
  const query_params = { ...params, now: nowNs.toString(), connected, reason };
  const ended = `SELECT * FROM processes FINAL WHERE ended_ns = 0 AND process NOT IN {connected:Array(UInt64)} AND ${condition}`;
  const result = await client.query({
    query: `SELECT toUInt32(count()) AS processes FROM (${ended})`,
    query_params,
    format: "JSONEachRow",
  });
  const [row] = await result.json<{ processes: number }>();
  const count = row?.processes ?? 0;
  if (count > 0) {
    // In two steps: in one the filter would see the replaced columns.
    await client.command({
      query: `
        INSERT INTO processes
        SELECT * REPLACE ({now:Int64} AS updated_ns, last_seen_ns AS ended_ns, {reason:String} AS end_reason) FROM (${ended})`,
      query_params,
    });
  }
  return count;
}
