import { createClient, type ClickHouseClient } from "@clickhouse/client";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually, startEmbedded, type EmbeddedClickHouse } from "@heaphound/service-kit/testing";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

let dataDir: string;
const started: EmbeddedClickHouse[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "heaphound-life-"));
});

afterEach(async () => {
  for (const server of started.splice(0)) await server.kill();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(): Promise<{ server: EmbeddedClickHouse; client: ClickHouseClient }> {
  const server = await startEmbedded({ dataDir });
  started.push(server);
  return { server, client: createClient({ url: server.url, log: { level: 127 } }) };
}

async function numbers(client: ClickHouseClient): Promise<number[]> {
  const result = await client.query({ query: "SELECT toUInt32(a) AS a FROM db.t ORDER BY a", format: "JSONEachRow" });
  return (await result.json<{ a: number }>()).map(({ a }) => a);
}

async function createTable(client: ClickHouseClient): Promise<void> {
  await client.command({ query: "CREATE DATABASE db" });
  await client.command({ query: "CREATE TABLE db.t (a UInt64) ENGINE = MergeTree ORDER BY a" });
}

describe("the data directory", () => {
  it("survives a clean restart", async () => {
    const first = await start();
    await createTable(first.client);
    await first.client.insert({ table: "db.t", values: [{ a: 1 }], format: "JSONEachRow" });
    await first.server.stop();
    const second = await start();
    expect(await numbers(second.client)).toEqual([1]);
  });

  it("holds every acknowledged insert after SIGKILL in the middle of inserts, and no half of one", async () => {
    const first = await start();
    await createTable(first.client);
    const acknowledged: number[] = [];
    const inserting = (async () => {
      for (let i = 0; ; i++) {
        // Two rows per insert: 2i and 2i + 1.
        await first.client.insert({ table: "db.t", values: [{ a: 2 * i }, { a: 2 * i + 1 }], format: "JSONEachRow" });
        acknowledged.push(i);
      }
    })().catch(() => "killed");
    await eventually(() => acknowledged.length >= 20);
    await first.server.kill();
    expect(await inserting).toBe("killed");

    const second = await start();
    const stored = new Set(await numbers(second.client));
    for (const i of acknowledged) expect(stored.has(2 * i), `insert ${i}`).toBe(true);
    for (const a of stored) expect(stored.has(a ^ 1), `the other row of ${a}`).toBe(true);
  });

  it("belongs to one process at a time, and the second is told who has it", async () => {
    const { server } = await start();
    await expect(startEmbedded({ dataDir })).rejects.toThrow(new RegExp(`in use by process ${server.pid}.*`, "s"));
    await server.kill();
    const { client } = await start();
    expect(await client.ping()).toEqual({ success: true });
  });

  it("is tidied of what a killed process left", async () => {
    const first = await start();
    await (await first.client.query({ query: "SELECT 1" })).text();
    expect((await readdir(join(dataDir, "run"))).length).toBeGreaterThan(0);
    await first.server.kill();
    const second = await start();
    expect(await readdir(join(dataDir, "run"))).toEqual([]);
    await second.server.stop();
    expect(await readdir(dataDir)).toEqual(["clickhouse"]);
  });
});

describe("stopping", () => {
  it("lets a short query end, and ends a long one", async () => {
    const { server, client } = await start();
    const running = async (text: string): Promise<boolean> => {
      const result = await client.query({
        query: `SELECT count() AS n FROM system.processes WHERE query LIKE '%${text}%' AND query NOT LIKE '%system.processes%'`,
        format: "TabSeparated",
      });
      return (await result.text()).trim() === "1";
    };
    const short = client
      .query({ query: "SELECT 'short', sleep(0.5)", format: "TabSeparated" })
      .then((result) => result.text());
    const long = client
      .query({ query: "SELECT 'endless', sum(cityHash64(number)) FROM numbers(100000000000000)" })
      .then(
        () => "answered",
        () => "ended",
      );
    await eventually(async () => (await running("short")) && (await running("endless")));
    const stopping = server.stop();
    expect(await short).toContain("short");
    expect(await long).toBe("ended");
    await stopping;
  });
});
