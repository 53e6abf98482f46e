import { IngestClient } from "./ingest-client.js";
import { startIngester, type IngesterProcess } from "./ingester-process.js";
import { TestDatabase } from "./database.js";
import { TestProcess } from "./test-process.js";

export interface ProcessRow {
  ended_ns: string;
  end_reason: string;
  last_seen_ns: string;
}

/** An ingester with a database of its own, and what tests ask of both. */
export class RunningIngester {
  private constructor(
    readonly database: TestDatabase,
    private readonly ingester: IngesterProcess,
  ) {}

  static async start(environment: Record<string, string> = {}): Promise<RunningIngester> {
    const database = await TestDatabase.start();
    return new RunningIngester(database, await startIngester(database.url, environment));
  }

  async stop(): Promise<void> {
    await this.ingester.stop();
    await this.database.stop();
  }

  get url(): string {
    return this.ingester.url;
  }

  /** Of the first series whose text begins like this; 0: there is none. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.ingester.httpUrl}/metrics`)).text();
    const line = text.split("\n").find((each) => each.startsWith(name.replace("}", "")));
    return Number(line?.split(" ").at(-1) ?? 0);
  }

  async processRow(key: bigint): Promise<ProcessRow | undefined> {
    const rows = await this.database.rows<ProcessRow>(
      `SELECT ended_ns, end_reason, last_seen_ns FROM processes FINAL WHERE process = ${key}`,
    );
    return rows[0];
  }

  /** A process with one small block, on an open stream. */
  async openProcess(key: bigint): Promise<{ process: TestProcess; client: IngestClient }> {
    const process = new TestProcess(key);
    const stack = process.dictionary.stack([0x1000n]);
    process.addBlock([{ type: "allocation", ticks: 0, thread: 1, stack, sizeBytes: 10, key: 1 }]);
    const client = new IngestClient(this.url);
    await process.open(client);
    await client.send(process.blocks[0]!);
    await client.untilAcked(1);
    return { process, client };
  }
}
