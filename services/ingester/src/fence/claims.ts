import type { ClickHouseClient } from "@heaphound/service-kit";

/** Which ingester may hold blocks of a process that are not stored yet, and when it was last heard of. */
export interface Claim {
  /** Empty: none. */
  ingester: string;
  seenNs: bigint;
  stopped: boolean;
  /** Of the process's newest row; 0 when it has none. */
  rowNs: bigint;
}

/** Somebody has the stream of a process and wants what another ingester may hold of it stored or dropped. */
export interface Request {
  process: bigint;
  requestedNs: bigint;
}

interface ClaimRow {
  ingester: string;
  row_ns: string;
  seen_ns: string;
  stopped: boolean | number;
}

const NUMBERS_AS_TEXT = { output_format_json_quote_64bit_integers: 1 } as const;
const nowNs = (): string => (BigInt(Date.now()) * 1_000_000n).toString();

/** Rows of `processes.ingester`, `ingesters` and `handovers`. */
export class Claims {
  constructor(
    private readonly client: ClickHouseClient,
    /** Of this ingester. */
    private readonly name: string,
  ) {}

  async of(process: bigint): Promise<Claim> {
    const result = await this.client.query({
      query: `
        SELECT ingester, updated_ns AS row_ns, seen_ns, stopped
        FROM (SELECT ingester, updated_ns FROM processes FINAL WHERE process = {process:UInt64}) AS claim
        LEFT JOIN (SELECT ingester, seen_ns, stopped FROM ingesters FINAL) AS beat USING ingester`,
      query_params: { process: process.toString() },
      format: "JSONEachRow",
      clickhouse_settings: NUMBERS_AS_TEXT,
    });
    const [row] = await result.json<ClaimRow>();
    return {
      ingester: row?.ingester ?? "",
      seenNs: BigInt(row?.seen_ns ?? 0),
      stopped: Boolean(row?.stopped),
      rowNs: BigInt(row?.row_ns ?? 0),
    };
  }

  /** Says that this ingester lives, or that it has ended in good order. */
  async beat(stopped = false): Promise<void> {
    await this.client.insert({
      table: "ingesters",
      values: [{ ingester: this.name, seen_ns: nowNs(), stopped }],
      format: "JSONEachRow",
    });
  }

  /** Asks whoever has the process to store what it holds of it and to let it go. */
  request(process: bigint): Promise<void> {
    return this.writeRequest(process, this.name);
  }

  /** Nobody needs to let go of the process for us any more. */
  withdraw(process: bigint): Promise<void> {
    return this.writeRequest(process, "");
  }

  private async writeRequest(process: bigint, ingester: string): Promise<void> {
    await this.client.command({
      query: `
        INSERT INTO handovers (process, requested_ns, ingester)
        SELECT {process:UInt64}, greatest({now:Int64}, max(requested_ns) + 1), {ingester:String}
        FROM handovers WHERE process = {process:UInt64}`,
      query_params: { process: process.toString(), now: nowNs(), ingester },
    });
  }

  /** What other ingesters want, from whomever. */
  async requests(): Promise<Request[]> {
    const rows = await this.rows<{ process: string; requested_ns: string }>(
      "SELECT process, requested_ns FROM handovers FINAL WHERE ingester NOT IN ('', {name:String})",
      { name: this.name },
    );
    return rows.map(({ process, requested_ns: ns }) => ({ process: BigInt(process), requestedNs: BigInt(ns) }));
  }

  /** Those of the processes that this ingester has claimed. */
  async own(processes: readonly bigint[]): Promise<bigint[]> {
    return this.processes("ingester = {name:String}", processes);
  }

  /** Those of the processes that another ingester has claimed. */
  async lost(processes: readonly bigint[]): Promise<bigint[]> {
    return this.processes("ingester NOT IN ('', {name:String})", processes);
  }

  /** Writes who has the process from now on, on its newest row. */
  async assign(process: bigint, ingester: string): Promise<void> {
    await this.client.command({
      query: `
        INSERT INTO processes
        SELECT * REPLACE (greatest(updated_ns + 1, {now:Int64}) AS updated_ns, {ingester:String} AS ingester)
        FROM (SELECT * FROM processes FINAL WHERE process = {process:UInt64})`,
      query_params: { process: process.toString(), ingester, now: nowNs() },
    });
  }

  private async processes(condition: string, processes: readonly bigint[]): Promise<bigint[]> {
    if (processes.length === 0) return [];
    const rows = await this.rows<{ process: string }>(
      `SELECT process FROM processes FINAL WHERE process IN {processes:Array(UInt64)} AND ${condition}`,
      { name: this.name, processes },
    );
    return rows.map(({ process }) => BigInt(process));
  }

  private async rows<Row>(query: string, query_params: Record<string, unknown>): Promise<Row[]> {
    const result = await this.client.query({
      query,
      query_params,
      format: "JSONEachRow",
      clickhouse_settings: NUMBERS_AS_TEXT,
    });
    return result.json<Row>();
  }
}
