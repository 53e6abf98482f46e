import type { ClickHouseClient } from "@heaphound/service-kit";

/** What the database has of a process from some block on. */
export interface StoredBlocks {
  /** Blocks up to this one are complete. */
  acked: number;
  /** The block before the first one asked for is there, and with it every definition up to it. */
  hasPredecessor: boolean;
  /** Blocks after `acked` whose rows a table has already. */
  allocations: ReadonlySet<number>;
  lateFrees: ReadonlySet<number>;
}

interface PartRow {
  part: "allocations" | "late_frees" | "blocks";
  blocks: number[];
}

/**
 * Looks up which blocks of a process are stored, from `nextSequence` on. A row in `blocks` is written last, so a block
 * that has one is complete; others may be in one table but not in the next, when an ingester was killed in between.
 */
export async function findStoredBlocks(
  client: ClickHouseClient,
  process: bigint,
  nextSequence: number,
): Promise<StoredBlocks> {
  const result = await client.query({
    query: `
      SELECT 'allocations' AS part, groupUniqArray(block) AS blocks FROM allocations
      WHERE process = {process:UInt64} AND block >= {next:UInt32}
      UNION ALL
      SELECT 'late_frees' AS part, groupUniqArray(block) AS blocks FROM late_frees
      WHERE process = {process:UInt64} AND block >= {next:UInt32}
      UNION ALL
      SELECT 'blocks' AS part, groupUniqArray(block) AS blocks FROM blocks
      WHERE process = {process:UInt64} AND block + 1 >= {next:UInt32}`,
    query_params: { process: process.toString(), next: nextSequence },
    format: "JSONEachRow",
  });
  const rows = await result.json<PartRow>();
  const blocksOf = (part: PartRow["part"]): Set<number> => new Set(rows.find((row) => row.part === part)?.blocks);
  const complete = blocksOf("blocks");
  let acked = nextSequence - 1;
  while (complete.has(acked + 1)) acked++;
  const incomplete = (part: PartRow["part"]): Set<number> =>
    new Set([...blocksOf(part)].filter((block) => block > acked));
  return {
    acked,
    hasPredecessor: acked > 0 && complete.has(acked),
    allocations: incomplete("allocations"),
    lateFrees: incomplete("late_frees"),
  };
}

/**
 * Builds the rollup of a process again when it disagrees with the rows that it is made of. A row and its rollup are two
 * writes of the same insert: a ClickHouse that was killed between them has one without the other, and since the rows are
 * there the block is not inserted again. Call it while nothing of the process is being inserted. Returns true if it was.
 */
export async function repairUsage(client: ClickHouseClient, process: bigint, cluster = ""): Promise<boolean> {
  const query_params = { process: process.toString() };
  const result = await client.query({
    query: `
      SELECT
        (SELECT (sum(allocations), sum(frees)) FROM usage WHERE process = {process:UInt64})
        =
        (SELECT (a.1, a.2 + f)
         FROM (SELECT (count(), sum(freed)) AS a FROM allocations WHERE process = {process:UInt64}) AS rows
         CROSS JOIN (SELECT count() AS f FROM late_frees WHERE process = {process:UInt64}) AS late) AS equal`,
    query_params,
    format: "JSONEachRow",
  });
  const [row] = await result.json<{ equal: number | boolean }>();
  if (row && Boolean(row.equal)) return false;
  await client.command({
    query: deleteUsage(cluster),
    query_params,
    clickhouse_settings: { lightweight_deletes_sync: "2" },
  });
  for (const view of ["usage_from_allocations", "usage_from_late_frees"]) {
    await client.command({
      query: `INSERT INTO usage SELECT * FROM (${readingEverywhere(await selectOf(client, view), cluster)}) WHERE process = {process:UInt64}`,
      query_params,
    });
  }
  return true;
}

/** A Distributed table deletes nothing: in a cluster each server is asked for its own rows. */
export function deleteUsage(cluster: string): string {
  const table = cluster === "" ? "usage" : `usage_local ON CLUSTER '${cluster}'`;
  return `DELETE FROM ${table} WHERE process = {process:UInt64}`;
}

/** A view reads the rows that arrive at its own server; which one has those of a process, only the Distributed table knows. */
export function readingEverywhere(select: string, cluster: string): string {
  return cluster === "" ? select : select.replace(/(\bFROM\s+(?:[\w`"]+\.)?[`"]?\w+?)_local\b/g, "$1");
}

/** The rollup's own definition, so that it is written down once: in the migrations. */
async function selectOf(client: ClickHouseClient, view: string): Promise<string> {
  const result = await client.query({
    query: "SELECT as_select FROM system.tables WHERE database = currentDatabase() AND name = {view:String}",
    query_params: { view },
    format: "JSONEachRow",
  });
  const [row] = await result.json<{ as_select: string }>();
  if (!row) throw new Error(`the view ${view} is missing: run the migrations`);
  return row.as_select;
}
