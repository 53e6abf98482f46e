import { createClickHouseClient, type ClickHouseClient } from "@heaphound/service-kit";
import { startEmbedded, type EmbeddedClickHouse, type EmbeddedOptions } from "@heaphound/service-kit/testing";
import { migrate } from "@heaphound/schema";

const DATABASE = "heaphound";

/** A real embedded ClickHouse with Heaphound's tables. */
export class TestDatabase {
  private constructor(
    readonly server: EmbeddedClickHouse,
    readonly client: ClickHouseClient,
  ) {}

  static async start(options: EmbeddedOptions = {}): Promise<TestDatabase> {
    const server = await startEmbedded(options);
    const { url } = server;
    await migrate({ url, database: DATABASE });
    return new TestDatabase(server, createClickHouseClient({ url, service: "test", database: DATABASE }));
  }

  get url(): string {
    return this.server.url;
  }

  async rows<T>(query: string): Promise<T[]> {
    const result = await this.client.query({
      query,
      format: "JSONEachRow",
      // As text, since numbers above 2^53 would be rounded.
      clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
    });
    return result.json<T>();
  }

  async stop(): Promise<void> {
    await this.client.close();
    await this.server.stop();
  }
}
