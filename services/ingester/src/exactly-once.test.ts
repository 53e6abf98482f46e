import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { createClickHouseClient } from "@heaphound/service-kit";
import { eventually } from "@heaphound/service-kit/testing";
import { busyProcess, storedTotals, type BusyProcess } from "./test-support/busy-process.js";
import { ClickHouseProxy } from "./test-support/clickhouse-proxy.js";
import { TestDatabase } from "./test-support/database.js";
import { deliver } from "./test-support/deliver.js";
import { IngestClient } from "./test-support/ingest-client.js";
import { startIngester, type IngesterProcess } from "./test-support/ingester-process.js";
import { freePort } from "./test-support/ports.js";

let database: TestDatabase;
let proxy: ClickHouseProxy;

beforeAll(async () => {
  database = await TestDatabase.start();
  proxy = await ClickHouseProxy.start(database.url);
});

afterAll(async () => {
  await proxy.stop();
  await database.stop();
});

/** An ingester that is started again on the same port whenever it has been killed. */
class RestartingIngester {
  kills = 0;
  private current: Promise<IngesterProcess>;

  private constructor(
    private readonly port: number,
    private readonly clickHouseUrl: string,
  ) {
    this.current = this.start();
  }

  static async start(clickHouseUrl: string): Promise<RestartingIngester> {
    const ingester = new RestartingIngester(await freePort(), clickHouseUrl);
    await ingester.current;
    return ingester;
  }

  get url(): string {
    return `127.0.0.1:${this.port}`;
  }

  async kill(): Promise<void> {
    const killed = await this.current;
    this.kills++;
    await killed.kill();
    this.current = this.start();
    await this.current;
  }

  async stop(): Promise<void> {
    await (await this.current).stop();
  }

  private start(): Promise<IngesterProcess> {
    return startIngester(this.clickHouseUrl, {
      HEAPHOUND_LISTEN: this.url,
      HEAPHOUND_BATCH_MS: "20",
      HEAPHOUND_BATCH_MAX_MS: "20",
    });
  }
}

async function startRestarting(): Promise<RestartingIngester> {
  const ingester = await RestartingIngester.start(proxy.url);
  onTestFinished(() => ingester.stop());
  return ingester;
}

async function expectStored({ process, totals }: BusyProcess): Promise<void> {
  expect(await storedTotals(database, process.key)).toEqual(totals);
}

describe("an ingester that is killed", () => {
  const points = ["allocations", "late_frees", "blocks"].flatMap((table) => [
    { table, when: "before" as const },
    { table, when: "after" as const },
  ]);

  it.for(points)(
    "$when its insert into $table loses nothing and doubles nothing",
    { timeout: 60_000 },
    async ({ table, when }, { signal }) => {
      const ingester = await startRestarting();
      let insertsLeft = 3;
      const hook = async (inserted: string): Promise<void> => {
        if (inserted !== table || insertsLeft === 0 || --insertsLeft > 0) return;
        void ingester.kill();
        if (when === "before") throw new Error("not forwarded");
        await delay(0);
      };
      proxy.beforeInsert = when === "before" ? hook : () => undefined;
      proxy.afterInsert = when === "after" ? hook : () => undefined;
      const busy = busyProcess(
        BigInt(points.findIndex((point) => point.table === table && point.when === when) + 1),
        30,
      );
      await deliver(busy.process, ingester.url, { signal });
      expect(ingester.kills).toBe(1);
      await expectStored(busy);
    },
  );

  it("leaves an insert behind: the next one looks only when that is done", async () => {
    const client = createClickHouseClient({ url: database.url, database: "heaphound", service: "ingester" });
    onTestFinished(() => client.close());
    const progress = { leftover: "running" };
    const leftover = client
      .command({
        query: "INSERT INTO blocks (process, block) SELECT 77, 1 + sleepEachRow(0.05) FROM numbers(100)",
        clickhouse_settings: { function_sleep_max_microseconds_per_block: "10000000" },
      })
      .then(() => (progress.leftover = "done"));
    await eventually(
      async () => (await database.rows("SELECT 1 FROM system.processes WHERE query_kind = 'Insert'")).length > 0,
    );
    proxy.beforeInsert = proxy.afterInsert = () => undefined;
    const ingester = await startRestarting();
    const stream = new IngestClient(ingester.url);
    expect(await stream.hello({ process: 77n })).toBe(1);
    expect(progress.leftover).toBe("done");
    stream.abort();
    await leftover;
  });

  it("at random points, again and again, loses nothing and doubles nothing", async ({ signal }) => {
    proxy.beforeInsert = proxy.afterInsert = () => undefined;
    const ingester = await startRestarting();
    const processes = [1_001n, 1_002n, 1_003n].map((key) => busyProcess(key, 60));
    let left = processes.length;
    const delivered = Promise.all(
      processes.map(async ({ process }) => {
        await deliver(process, ingester.url, { signal });
        left--;
      }),
    );
    let seed = 7;
    while (left > 0 && ingester.kills < 8) {
      seed = (seed * 16_807) % 2_147_483_647;
      await Promise.race([delivered, delay(20 + (seed % 300))]);
      if (left > 0) await ingester.kill();
    }
    await delivered;
    expect(ingester.kills).toBeGreaterThan(2);
    for (const busy of processes) await expectStored(busy);
  }, 120_000);
});
