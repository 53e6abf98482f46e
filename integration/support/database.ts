import { createClickHouseClient, type ClickHouseClient } from "@heaphound/service-kit";
import { eventually } from "@heaphound/service-kit/testing";
import type { Totals } from "./counters.js";

/** What the database knows of one allocation, names resolved. */
export interface StoredAllocation {
  id: number;
  time_ns: string;
  freed: 0 | 1;
  lifetime_ns: string;
  address: string;
  size: number;
  kind: number;
  realloc_of: number;
  functions: string[];
  lines: number[];
}

export interface StoredTotals extends Totals {
  /** Distinct allocation numbers: fewer than `allocations` if something was stored twice. */
  distinct: number;
  losses: Record<string, number>;
}

/** Asks ClickHouse itself, not our API: what is stored is what counts. */
export class Database {
  private readonly client: ClickHouseClient;

  constructor(
    url: string,
    private readonly ingesterUrl: string,
  ) {
    this.client = createClickHouseClient({ url, service: "integration", database: "heaphound" });
  }

  async rows<Row>(query: string, parameters: Record<string, unknown> = {}): Promise<Row[]> {
    const result = await this.client.query({
      query,
      query_params: parameters,
      format: "JSONEachRow",
      clickhouse_settings: { output_format_json_quote_64bit_integers: 0, join_use_nulls: 0 },
    });
    return result.json<Row>();
  }

  /** Key of the recording of this process id that began after the given time, once it is there. */
  async findProcess(pid: number, startedAfterMs: number, timeoutMs = 30_000): Promise<string> {
    const { process } = await eventually(
      async () => {
        const found = await this.rows<{ process: string }>(
          `SELECT toString(process) AS process FROM processes FINAL
           WHERE pid = {pid:UInt32} AND started_ns > {after:Int64} ORDER BY started_ns LIMIT 1`,
          { pid, after: `${startedAfterMs}000000` },
        );
        return found[0];
      },
      { timeoutMs },
    );
    return process;
  }

  /** Resolves with the reason of its end once the recording is complete. */
  async untilEnded(process: string, timeoutMs = 60_000): Promise<string> {
    const { reason } = await eventually(
      async () => {
        const found = await this.rows<{ reason: string }>(
          `SELECT end_reason AS reason FROM processes FINAL WHERE process = {process:UInt64} AND ended_ns != 0`,
          { process },
        );
        return found[0];
      },
      { timeoutMs, everyMs: 50 },
    );
    return reason;
  }

  async totals(process: string): Promise<StoredTotals> {
    const [stored] = await this.rows<Omit<StoredTotals, "losses">>(
      `SELECT count() AS allocations, sum(size) AS bytes, uniqExact(id) AS distinct,
              countIf(freed = 1) + (SELECT count() FROM late_frees WHERE process = {process:UInt64}) AS frees
       FROM allocations WHERE process = {process:UInt64}`,
      { process },
    );
    if (stored === undefined) throw new Error("a query without GROUP BY has one row");
    const losses = await this.rows<{ kind: string; count: number }>(
      `SELECT kind, sum(count) AS count FROM losses FINAL WHERE process = {process:UInt64} GROUP BY kind ORDER BY kind`,
      { process },
    );
    return { ...stored, losses: Object.fromEntries(losses.map((loss) => [loss.kind, loss.count])) };
  }

  /** Resolves when every frame has been looked up; some have no name, in files without symbols. */
  async untilSymbolized(): Promise<void> {
    await eventually(
      async () => {
        const [known] = await this.rows<{ n: number }>(
          "SELECT uniqExact(frame) AS n FROM frames WHERE build_id NOT IN ('', 'perf-map')",
        );
        const text = await (await fetch(`${this.ingesterUrl}/metrics`)).text();
        const lines = text.split("\n").filter((line) => line.startsWith("heaphound_symbols_frames_total{"));
        const lookedUp = lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
        return lookedUp >= (known?.n ?? Infinity);
      },
      { timeoutMs: 60_000, everyMs: 50 },
    );
  }

  /** Allocations with their ends and stacks, in the order of their numbers. */
  async allocations(process: string): Promise<StoredAllocation[]> {
    await this.untilSymbolized();
    return this.rows<StoredAllocation>(
      `WITH named AS
       (
         SELECT process_stacks.stack AS stack, groupArray(symbol.1) AS by_frame, groupArray(symbol.2) AS lines_by_frame
         FROM
         (
           SELECT stack, position, tuple(functions, lines) AS symbol
           FROM
           (
             SELECT stack, frame, position FROM process_stacks FINAL
             INNER JOIN (SELECT stack_id, frames FROM stacks FINAL) AS s USING stack_id
             ARRAY JOIN frames AS frame, arrayEnumerate(frames) AS position
             WHERE process = {process:UInt64}
           ) AS f
           LEFT JOIN (SELECT frame, functions, lines FROM symbols FINAL) AS n USING frame
           ORDER BY stack, position
         ) AS process_stacks
         GROUP BY stack
       )
       SELECT a.id AS id, toString(a.time_ns) AS time_ns,
              if(a.freed = 1 OR l.id != 0, 1, 0) AS freed,
              toString(if(a.freed = 1, a.lifetime_ns, l.lifetime_ns)) AS lifetime_ns,
              lower(concat('0x', hex(a.address))) AS address, a.size AS size, a.kind AS kind, a.realloc_of AS realloc_of,
              arrayFlatten(n.by_frame) AS functions, arrayFlatten(n.lines_by_frame) AS lines
       FROM (SELECT * FROM allocations WHERE process = {process:UInt64}) AS a
       LEFT JOIN (SELECT * FROM late_frees WHERE process = {process:UInt64}) AS l ON a.id = l.id
       LEFT JOIN named AS n ON a.stack = n.stack
       ORDER BY a.id`,
      { process },
    );
  }

  close(): Promise<void> {
    return this.client.close();
  }
}
