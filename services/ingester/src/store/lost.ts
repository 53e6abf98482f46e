import type { ClickHouseClient } from "@heaphound/service-kit";

export interface LostSearch {
  /** Processes not seen since then are lost. */
  beforeNs: bigint;
  nowNs: bigint;
  /** Connected here: whatever their rows say, they are not lost. */
  connected: readonly bigint[];
}

/**
 * Ends processes that run no more as far as anybody knows: no Goodbye, and no stream for a while. It asks the database,
 * so it also finds what an earlier run of the ingester left behind. Returns how many there were.
 */
export async function markLostProcesses(client: ClickHouseClient, search: LostSearch): Promise<number> {
  const query_params = {
    before: search.beforeNs.toString(),
    now: search.nowNs.toString(),
    connected: search.connected,
  };
  const lost = `ended_ns = 0 AND last_seen_ns < {before:Int64} AND process NOT IN {connected:Array(UInt64)}`;
  const result = await client.query({
    query: `SELECT toString(count()) AS lost FROM processes FINAL WHERE ${lost}`,
    query_params,
    format: "JSONEachRow",
  });
  const [row] = await result.json<{ lost: string }>();
  const count = Number(row?.lost ?? 0);
  if (count > 0) {
    await client.command({
      query: `
        INSERT INTO processes
        SELECT * REPLACE ({now:Int64} AS updated_ns, last_seen_ns AS ended_ns, 'lost' AS end_reason)
        FROM (SELECT * FROM processes FINAL WHERE ${lost})`, // in one step the filter would see the replaced columns
      query_params,
    });
  }
  return count;
}
