import type { ClickHouseClient } from "@heaphound/service-kit";
import { Mode } from "@heaphound/wire";

/** What somebody wants of a process: a row of `process_settings`. */
export interface Wish {
  process: bigint;
  /** When it was written; a later one replaces it. */
  revision: bigint;
  mode: Mode;
  sampleBytes: bigint;
  cullMs: bigint;
  stop: boolean;
}

interface WishRow {
  process: string;
  requested_ns: string;
  mode: string;
  sample_bytes: string;
  cull_ms: string;
  stop: boolean | number;
}

/** The wish of one process, or all that are newer than a time. */
export type WishSearch = { process: bigint } | { sinceNs: bigint };

export async function readWishes(client: ClickHouseClient, search: WishSearch): Promise<Wish[]> {
  const isOne = "process" in search;
  const result = await client.query({
    query: `
      SELECT process, requested_ns, toString(mode) AS mode, sample_bytes, cull_ms, stop
      FROM process_settings FINAL
      WHERE ${isOne ? "process = {key:UInt64}" : "requested_ns > {key:Int64}"}`,
    query_params: { key: (isOne ? search.process : search.sinceNs).toString() },
    format: "JSONEachRow",
    clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
  });
  return (await result.json<WishRow>()).map((row) => ({
    process: BigInt(row.process),
    revision: BigInt(row.requested_ns),
    mode: modeOf(row.mode),
    sampleBytes: BigInt(row.sample_bytes),
    cullMs: BigInt(row.cull_ms),
    stop: Boolean(row.stop),
  }));
}

function modeOf(name: string): Mode {
  const modes: Readonly<Record<string, Mode>> = {
    exact: Mode.EXACT,
    cull: Mode.CULL,
    sample: Mode.SAMPLE,
    auto: Mode.AUTO,
    dormant: Mode.DORMANT,
  };
  return modes[name] ?? Mode.UNSPECIFIED;
}
