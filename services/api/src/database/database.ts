import type { ClickHouseClient, ClickHouseSettings } from "@heaphound/service-kit";
import type { CompiledQuery } from "@heaphound/query/server";
import type { QueryMetrics } from "./query-metrics.js";
import { currentRequest } from "../http/request-context.js";

const SETTINGS: ClickHouseSettings = {
  output_format_json_quote_64bit_integers: 0,
  // Looking up millions of late frees in the primary index one by one took 11 s where a scan takes 0.5 s.
  use_index_for_in_with_subqueries_max_values: "100000",
};

/** A download may take this long. */
const STREAM_SECONDS = 3600;

/** Asks the database on behalf of the current request: bounded, labelled, and cancelled when its client leaves. */
export class Database {
  constructor(
    private readonly client: ClickHouseClient,
    private readonly metrics: QueryMetrics,
  ) {}

  /** All rows as objects. 64-bit numbers arrive as numbers: what may exceed 2^53 is selected as text. */
  async rows<Row>(label: string, query: CompiledQuery): Promise<Row[]> {
    return this.timed(label, async () => {
      const result = await this.client.query({
        query: query.sql,
        query_params: query.params,
        format: "JSONEachRow",
        ...this.options(label),
      });
      return result.json<Row>();
    });
  }

  /** Stores one row. The only thing that readers write: what they want of a process. */
  async insert(table: "process_settings", row: Readonly<Record<string, unknown>>): Promise<void> {
    await this.timed("insert", () => this.client.insert({ table, values: [row], format: "JSONEachRow" }));
  }

  async ping(): Promise<void> {
    const result = await this.client.ping();
    if (!result.success) throw result.error;
  }

  /**
   * The answer in a binary or text format as the chunks come. The reader's pace slows the database, so the time that this may
   * take is the reader's, not a question's.
   */
  chunks(label: string, query: CompiledQuery, format: string): AsyncGenerator<Buffer> {
    return this.read(label, query, format, STREAM_SECONDS);
  }

  private async *read(
    label: string,
    query: CompiledQuery,
    format: string,
    maxSeconds?: number,
  ): AsyncGenerator<Buffer> {
    const { stream } = await this.client.exec({
      query: `${query.sql}\nFORMAT ${format}`,
      query_params: query.params,
      ...this.options(label, maxSeconds),
    });
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) yield chunk;
    } finally {
      stream.destroy();
    }
  }

  /** A whole answer in RowBinary. */
  async binary(label: string, query: CompiledQuery): Promise<Buffer> {
    return this.timed(label, async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of this.read(label, query, "RowBinary")) chunks.push(chunk);
      return Buffer.concat(chunks);
    });
  }

  private async timed<T>(label: string, work: () => Promise<T>): Promise<T> {
    const end = this.metrics.start(label);
    try {
      const result = await work();
      end("ok");
      return result;
    } catch (error) {
      end("error");
      throw error;
    }
  }

  private options(
    label: string,
    maxSeconds?: number,
  ): Pick<Parameters<ClickHouseClient["exec"]>[0], "abort_signal" | "clickhouse_settings"> {
    const signal = currentRequest()?.signal;
    return {
      clickhouse_settings: {
        ...SETTINGS,
        log_comment: `api:${label}`,
        ...(maxSeconds === undefined ? {} : { max_execution_time: maxSeconds }),
      },
      ...(signal ? { abort_signal: signal } : {}),
    };
  }
}
