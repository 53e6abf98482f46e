import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { eventually, startEmbedded } from "@heaphound/service-kit/testing";
import { busyProcess, storedTotals } from "./test-support/busy-process.js";
import { TestDatabase } from "./test-support/database.js";
import { deliver } from "./test-support/deliver.js";
import { IngestClient } from "./test-support/ingest-client.js";
import { startIngester } from "./test-support/ingester-process.js";
import { freePort } from "./test-support/ports.js";
import { RunningIngester } from "./test-support/running-ingester.js";

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "heaphound-faults-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

describe("a ClickHouse that is away", () => {
  it("for some seconds, killed in the middle of inserts: nothing is lost and nothing is there twice", async ({
    signal,
  }) => {
    const environment = { HEAPHOUND_LISTEN: `127.0.0.1:${await freePort()}` };
    const own = await TestDatabase.start({ environment, dataDir: await temporaryDirectory() });
    const feeding = await startIngester(own.url, { HEAPHOUND_BATCH_MS: "20", HEAPHOUND_BATCH_MAX_MS: "20" });
    onTestFinished(async () => {
      await feeding.stop();
      await own.stop();
    });
    const busy = busyProcess(0x501n, 120);
    const delivered = deliver(busy.process, feeding.url, { signal });
    await eventually(async () => Number((await own.rows<{ n: string }>("SELECT count() AS n FROM blocks"))[0]?.n) > 10);
    await own.server.kill();
    await delay(2_000); // the outage itself
    const restarted = await startEmbedded({ dataDir: own.server.dataDir, environment });
    onTestFinished(() => restarted.stop());
    await delivered;
    expect(await storedTotals(own, busy.process.key)).toEqual(busy.totals);
    expect(feeding.log.some((line) => line.includes("ClickHouse did not take a batch, trying again"))).toBe(true);
  }, 180_000);

  it("or hangs: clients are held back, memory stays bounded, and all arrives afterwards", async () => {
    const own = await TestDatabase.start();
    const feeding = await startIngester(own.url, { HEAPHOUND_BATCH_ROWS: "20000" });
    onTestFinished(async () => {
      process.kill(own.server.pid, "SIGCONT");
      await feeding.stop();
      await own.stop();
    });
    const busy = busyProcess(0x502n, 60, 10_000);
    const client = new IngestClient(feeding.url);
    await busy.process.open(client);
    process.kill(own.server.pid, "SIGSTOP");
    let sent = 0;
    const heldBack = (async () => {
      for (const message of busy.process.blocks) {
        await client.send(message);
        sent++;
      }
    })();
    // Nothing moves any more although there is more to send.
    await eventually(async () => {
      const before = sent;
      await delay(500);
      return before > 0 && sent === before;
    });
    expect(sent).toBeLessThan(busy.process.blocks.length - 10);
    expect(await feeding.peakResidentBytes()).toBeLessThan(500 * 1024 * 1024);
    process.kill(own.server.pid, "SIGCONT");
    await heldBack;
    await client.untilAcked(busy.process.blocks.length);
    client.abort();
    expect(await storedTotals(own, busy.process.key)).toEqual(busy.totals);
  }, 60_000);
});

describe("an insert that was cut between a table and its rollup", () => {
  it("is mended when the process comes back", async ({ signal }) => {
    const running = await RunningIngester.start();
    onTestFinished(() => running.stop());
    const busy = busyProcess(0x601n, 6);
    await deliver(busy.process, running.url, { signal });
    const settled = { lightweight_deletes_sync: "2" } as const;
    for (const query of [
      "DELETE FROM usage WHERE process = 0x601 AND stack = 3",
      "DELETE FROM blocks WHERE process = 0x601 AND block = 6",
    ]) {
      await running.database.client.command({ query, clickhouse_settings: settled });
    }
    expect(await storedTotals(running.database, busy.process.key)).not.toEqual(busy.totals);
    await deliver(busy.process, running.url, { signal });
    expect(await storedTotals(running.database, busy.process.key)).toEqual(busy.totals);
    expect(await running.metric("heaphound_ingester_usage_repairs_total{")).toBe(1);
  });
});
