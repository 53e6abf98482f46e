import { insertBinary, type ClickHouseClient } from "@heaphound/service-kit";
import { columnNames, encodeTable } from "@heaphound/schema";
import type { StoredFrame } from "../symbols.js";
import type { Resolved } from "./answer.js";

export interface FrameSymbol extends Resolved {
  frame: bigint;
}

interface MissingRow {
  frame_text: string;
  id: string;
  offset_text: string;
  path: string;
}

/** The `symbols` table: written here, and read for frames that have none yet. */
export class SymbolStore {
  constructor(private readonly client: ClickHouseClient) {}

  async write(symbols: readonly FrameSymbol[]): Promise<void> {
    if (symbols.length === 0) return;
    await insertBinary(this.client, {
      table: "symbols",
      columns: columnNames("symbols"),
      format: "Native",
      body: encodeTable("symbols", symbols.length, {
        frame: BigUint64Array.from(symbols, ({ frame }) => frame),
        version: Uint32Array.from(symbols, ({ version }) => version),
        functions: symbols.map(({ functions }) => functions),
        files: symbols.map(({ files }) => files),
        lines: symbols.map(({ lines }) => lines),
      }),
    });
  }

  /** Frames without symbols, behind `after` in the order of their hashes; of one module, or of all but some. */
  async missing(where: {
    buildId?: string;
    except?: readonly string[];
    after: bigint;
    limit: number;
  }): Promise<StoredFrame[]> {
    const module =
      where.buildId === undefined ? "NOT has({except:Array(String)}, build_id)" : "build_id = {build_id:String}";
    const result = await this.client.query({
      query: `
        SELECT toString(frame) AS frame_text, any(build_id) AS id, toString(any(offset)) AS offset_text,
               any(module_path) AS path
        FROM frames
        WHERE frame > {after:UInt64} AND build_id != '' AND ${module}
          AND frame NOT IN (SELECT frame FROM symbols)
        GROUP BY frame ORDER BY frame LIMIT {limit:UInt32}`,
      query_params: {
        after: String(where.after),
        limit: where.limit,
        ...(where.buildId === undefined ? { except: where.except ?? [] } : { build_id: where.buildId }),
      },
      format: "JSONEachRow",
    });
    const rows = await result.json<MissingRow>();
    return rows.map((row) => ({
      frame: BigInt(row.frame_text),
      buildId: row.id,
      offset: BigInt(row.offset_text),
      path: row.path,
    }));
  }
}
