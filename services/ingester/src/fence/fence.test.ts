// Two ingesters on one database: a process whose stream moves is stored once, whatever happens to the one that it left.
import { afterAll, beforeAll, afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { eventually } from "@heaphound/service-kit/testing";
import { busyProcess, storedTotals, type BusyProcess } from "../test-support/busy-process.js";
import { ClickHouseProxy } from "../test-support/clickhouse-proxy.js";
import { TestDatabase } from "../test-support/database.js";
import { deliver } from "../test-support/deliver.js";
import { IngestClient } from "../test-support/ingest-client.js";
import { startIngester, type IngesterProcess } from "../test-support/ingester-process.js";
import { deleteUsage, readingEverywhere } from "../store/resume.js";

let database: TestDatabase;
let proxy: ClickHouseProxy;
let key = 100n;

beforeAll(async () => {
  database = await TestDatabase.start();
  proxy = await ClickHouseProxy.start(database.url);
});
afterAll(async () => {
  await proxy.stop();
  await database.stop();
});
beforeEach(() => {
  proxy.beforeInsert = proxy.afterInsert = () => undefined;
  key++;
});

const DEAD_MS = 1_500;

async function start(url: string, over: Record<string, string> = {}): Promise<IngesterProcess> {
  const ingester = await startIngester(url, {
    HEAPHOUND_SHARED_DATABASE: "1",
    HEAPHOUND_INGESTER_NAME: `ingester-${Math.random()}`,
    HEAPHOUND_FENCE_BEAT_MS: "100",
    HEAPHOUND_FENCE_DEAD_MS: String(DEAD_MS),
    HEAPHOUND_BATCH_MS: "20",
    ...over,
  });
  logs.push(ingester.log);
  onTestFinished(() => ingester.kill());
  return ingester;
}

/** The first one speaks to the database through the proxy, the second directly. */
function startBoth(over: Record<string, string> = {}): Promise<[IngesterProcess, IngesterProcess]> {
  return Promise.all([start(proxy.url, over), start(database.url)]);
}

const SOME = 5;

/** Some blocks, which the first ingester has then; none is acknowledged yet. */
async function sendSome({ process }: BusyProcess, { url, httpUrl }: IngesterProcess): Promise<IngestClient> {
  const client = new IngestClient(url);
  await process.open(client, 1);
  for (const block of process.blocks.slice(0, SOME)) await client.send(block);
  await eventually(async () => {
    const metrics = await (await fetch(`${httpUrl}/metrics`)).text();
    return Number(/^heaphound_ingester_blocks_total(?:\{.*\})? (\d+)/m.exec(metrics)?.[1]) >= SOME;
  });
  return client;
}

/** Inserts into this table wait until they are let through; says when the first one has come. */
function hold(table: string): { hasCome: Promise<void>; letThrough: () => void } {
  let letThrough = (): void => undefined;
  let come = (): void => undefined;
  const hasCome = new Promise<void>((resolve) => (come = resolve));
  const gate = new Promise<void>((resolve) => (letThrough = resolve));
  proxy.beforeInsert = (inserted) => {
    if (inserted !== table) return undefined;
    come();
    return gate;
  };
  return { hasCome, letThrough };
}

afterEach(({ task }) => {
  if (task.result?.state === "fail") console.log(logs.map((log) => log.slice(-8).join("\n")).join("\n---\n"));
  logs.length = 0;
});
/** Of the ingesters of a test; shown when it fails. */
const logs: string[][] = [];

const logged = ({ log }: IngesterProcess, text: string): boolean => log.some((line) => line.includes(text));

describe("a process whose stream moves to another ingester", () => {
  it("is welcomed there when the first one has stored what it holds", async ({ signal }) => {
    const busy = busyProcess(key, 20);
    const [first, second] = await startBoth();
    const held = hold("allocations");
    const left = await sendSome(busy, first);
    await held.hasCome;
    const delivered = deliver(busy.process, second.url, { signal });
    await eventually(() => logged(second, "asking for a process"));
    await expect(left.ended).resolves.toMatchObject({ details: expect.stringContaining("superseded") as string });
    expect(await database.rows(`SELECT 1 FROM blocks WHERE process = ${key}`)).toEqual([]);
    held.letThrough();
    await delivered;
    expect(await storedTotals(database, key)).toEqual(busy.totals);
  });

  it("waits until one that was killed has been silent for long", async ({ signal }) => {
    const busy = busyProcess(key, 20);
    const [first, second] = await startBoth();
    const held = hold("late_frees");
    const left = await sendSome(busy, first);
    await held.hasCome;
    await first.kill();
    left.abort();
    const started = performance.now();
    await deliver(busy.process, second.url, { signal });
    expect(performance.now() - started).toBeGreaterThan(DEAD_MS);
    expect(await storedTotals(database, key)).toEqual(busy.totals);
    held.letThrough();
  });

  it("is not touched again by one that was taken for dead and wakes up", async ({ signal }) => {
    const busy = busyProcess(key, 20);
    // What has come waits for a minute before it is inserted.
    const [first, second] = await startBoth({ HEAPHOUND_BATCH_MS: "3000", HEAPHOUND_BATCH_MAX_MS: "60000" });
    const client = await sendSome(busy, first);
    process.kill(first.pid, "SIGSTOP");
    client.abort();
    await deliver(busy.process, second.url, { signal });
    process.kill(first.pid, "SIGCONT");
    await eventually(() => logged(first, "others took this ingester for dead"));
    expect(await storedTotals(database, key)).toEqual(busy.totals);
  });

  it("goes on at once when the first one has ended in good order", async ({ signal }) => {
    const busy = busyProcess(key, 20);
    const [first, second] = await startBoth();
    const client = await sendSome(busy, first);
    await first.stop();
    await client.ended;
    await deliver(busy.process, second.url, { signal });
    expect(await storedTotals(database, key)).toEqual(busy.totals);
  });

  it("may come and go, with several others", async ({ signal }) => {
    const [first, second] = await startBoth();
    const all = [1n, 2n, 3n, 4n].map((n) => busyProcess(key * 1_000n + n, 40));
    // Each connects anew after a few blocks, to the other one.
    await Promise.all(
      all.map(async ({ process }) => {
        for (let turn = 0; turn < 6; turn++) {
          const client = new IngestClient((turn % 2 === 0 ? first : second).url);
          const welcomed = await process.open(client, 1);
          for (const block of process.blocks.slice(welcomed, welcomed + 5)) await client.send(block);
          if (turn % 3 === 0) await client.untilAcked(welcomed + 2);
          client.abort();
        }
        await deliver(process, first.url, { signal });
      }),
    );
    for (const { process, totals } of all) expect(await storedTotals(database, process.key)).toEqual(totals);
    expect(await database.rows("SELECT process FROM handovers FINAL WHERE ingester != ''")).toEqual([]);
  });
});

describe("in a cluster of ClickHouse servers", () => {
  it("a rollup is deleted where its rows are, and made again from all of them", () => {
    expect(deleteUsage("main")).toBe("DELETE FROM usage_local ON CLUSTER 'main' WHERE process = {process:UInt64}");
    expect(deleteUsage("")).toBe("DELETE FROM usage WHERE process = {process:UInt64}");
    const view =
      "SELECT a FROM (SELECT 1 AS a FROM heaphound.allocations_local UNION ALL SELECT 2 FROM `h`.`late_frees_local`)";
    expect(readingEverywhere(view, "main")).toBe(
      "SELECT a FROM (SELECT 1 AS a FROM heaphound.allocations UNION ALL SELECT 2 FROM `h`.`late_frees`)",
    );
    expect(readingEverywhere(view, "")).toBe(view);
  });
});
