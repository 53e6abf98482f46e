import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { createClickHouseClient, insertBinary, type ClickHouseClient } from "@heaphound/service-kit";
import { startEmbedded, type EmbeddedClickHouse } from "@heaphound/service-kit/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrate } from "./migrate.js";
import { readMigrations, type Migration } from "./migrations.js";
import { encodeTable, type TableValues } from "./native.js";
import { renderMigration } from "./render.js";
import { columnNames, TABLES, type TableName } from "./tables.js";

const run = promisify(execFile);
const CLI = fileURLToPath(new URL("../dist/migrate-cli.js", import.meta.url));

let server: EmbeddedClickHouse;

beforeAll(async () => {
  server = await startEmbedded();
});

afterAll(() => server.stop());

async function withDatabase<T>(database: string, use: (client: ClickHouseClient) => Promise<T>): Promise<T> {
  const client = createClickHouseClient({ url: server.url, service: "test", database });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

async function rows<Row>(client: ClickHouseClient, query: string): Promise<Row[]> {
  return (await client.query({ query, format: "JSONEachRow" })).json<Row>();
}

describe("renderings", () => {
  it.each([
    ["single.sql", { kind: "single" }],
    ["cluster.sql", { kind: "cluster", cluster: "heaphound" }],
  ] as const)("%s is the reviewed one", async (file, target) => {
    const migrations = await readMigrations();
    const text = migrations.flatMap(({ template }) => renderMigration(template, target)).map((sql) => `${sql};\n`);
    await expect(text.join("\n")).toMatchFileSnapshot(`../golden/${file}`);
  });

  it("refuse a directive that they do not know", () => {
    expect(() => renderMigration("CREATE TABLE {{tabel x}} (a Int8);\n", { kind: "single" })).toThrow(/tabel x/);
  });
});

describe("migrate", () => {
  it("makes the tables that the code expects, in order and with the same types", async () => {
    await migrate({ url: server.url, database: "fresh" });
    await withDatabase("fresh", async (client) => {
      for (const table of Object.keys(TABLES) as TableName[]) {
        const columns = await rows<{ name: string; type: string }>(client, `DESCRIBE TABLE ${table}`);
        expect(Object.fromEntries(columns.map(({ name, type }) => [name, type])), table).toEqual(TABLES[table]);
        expect(columns.map(({ name }) => name)).toEqual(columnNames(table));
      }
    });
  });

  it("does nothing the second time", async () => {
    const first = await migrate({ url: server.url, database: "twice" });
    const second = await migrate({ url: server.url, database: "twice" });
    expect(first.applied.length).toBeGreaterThan(0);
    expect(second).toEqual({ applied: [], alreadyThere: first.applied });
  });

  it("may be run by several programs at once", async () => {
    await Promise.all(Array.from({ length: 6 }, () => migrate({ url: server.url, database: "crowd" })));
    await withDatabase("crowd", async (client) => {
      const history = await rows<{ name: string }>(client, "SELECT name FROM schema_migrations FINAL");
      expect(history.map(({ name }) => name)).toEqual((await readMigrations()).map(({ name }) => name));
    });
  });

  it("goes on where one that died had stopped", async () => {
    const [first] = await readMigrations();
    const half = renderMigration(first?.template ?? "", { kind: "single" }).slice(0, 3);
    await withDatabase("default", (client) => client.command({ query: "CREATE DATABASE half" }));
    await withDatabase("half", async (client) => {
      for (const query of half) await client.command({ query });
    });
    expect((await migrate({ url: server.url, database: "half" })).applied).toContain(first?.name);
  });

  it("refuses a migration that was changed after it was applied", async () => {
    const migration: Migration = {
      name: "0001_x",
      template: "CREATE TABLE x (a Int8) ENGINE = Memory;\n",
      checksum: "1",
    };
    const options = { url: server.url, database: "changed" };
    await migrate({ ...options, migrations: [migration] });
    await expect(migrate({ ...options, migrations: [{ ...migration, checksum: "2" }] })).rejects.toMatchObject({
      code: "migration_changed",
    });
  });

  it("works as a program", async () => {
    const { stdout } = await run(process.execPath, [CLI, "--url", server.url, "--database", "cli"]);
    expect(JSON.parse(stdout)).toMatchObject({ alreadyThere: [] });
    const { stdout: printed } = await run(process.execPath, [CLI, "--print", "--cluster", "prod"]);
    expect(printed).toContain("ON CLUSTER 'prod'");
  });
});

const PROCESS = 0xfeedn;
const SECOND = 1_000_000_000n;

/** `[id, time in ns, lifetime in ns or undefined, size, stack]` */
type Allocation = readonly [bigint, bigint, bigint | undefined, bigint, number];

function allocationValues(list: readonly Allocation[]): TableValues<"allocations"> {
  return {
    process: { constant: PROCESS },
    id: BigUint64Array.from(list, ([id]) => id),
    block: { constant: 1 },
    time_ns: BigInt64Array.from(list, ([, time]) => time),
    lifetime_ns: BigUint64Array.from(list, ([, , lifetime]) => lifetime ?? 0n),
    freed: Uint8Array.from(list, ([, , lifetime]) => (lifetime === undefined ? 0 : 1)),
    address: { constant: 0x1000n },
    size: BigUint64Array.from(list, ([, , , size]) => size),
    stack: Uint32Array.from(list, ([, , , , stack]) => stack),
    thread: { constant: 1 },
    kind: { constant: 0 },
    realloc_of: { constant: 0n },
    free_thread: { constant: 0 },
    free_stack: { constant: 0 },
    sample_bytes: { constant: 0n },
  };
}

describe("usage per second and stack", () => {
  const list: Allocation[] = [
    [1n, 5n * SECOND, undefined, 100n, 7],
    [2n, 5n * SECOND, 1_000n, 30n, 7],
    [3n, 5n * SECOND + 999_999_999n, 2n * SECOND, 1n, 8],
  ];

  it("is filled from each inserted block alone, once per token, and from late frees", async () => {
    await migrate({ url: server.url, database: "usage" });
    await withDatabase("usage", async (client) => {
      const insert = (token: string): Promise<void> =>
        insertBinary(client, {
          table: "allocations",
          columns: columnNames("allocations"),
          format: "Native",
          body: encodeTable("allocations", list.length, allocationValues(list)),
          deduplicationToken: token,
        });
      const late = (token: string): Promise<void> =>
        insertBinary(client, {
          table: "late_frees",
          columns: columnNames("late_frees"),
          format: "Native",
          body: encodeTable("late_frees", 1, {
            process: { constant: PROCESS },
            id: { constant: 1n },
            block: { constant: 2 },
            time_ns: { constant: 9n * SECOND },
            lifetime_ns: { constant: 4n * SECOND },
            size: { constant: 100n },
            stack: { constant: 7 },
            free_thread: { constant: 1 },
            free_stack: { constant: 0 },
            sample_bytes: { constant: 0n },
          }),
          deduplicationToken: token,
        });
      await insert("block-1");
      await insert("block-1");
      await late("late-2");
      await late("late-2");
      await insert("block-2");
      const usage = await rows(
        client,
        `SELECT second, stack, toUInt32(sum(u.allocated_bytes)) ab, toUInt32(sum(u.allocations)) a, toUInt32(sum(u.freed_bytes)) fb,
                toUInt32(sum(u.frees)) f, toUInt32(sum(u.temporary_bytes)) tb, toUInt32(sum(u.temporaries)) t
         FROM usage AS u WHERE process = ${PROCESS} GROUP BY second, stack ORDER BY second, stack`,
      );
      // Two blocks counted, each insert of a token once: everything twice, the late free once.
      expect(usage).toEqual([
        { second: 5, stack: 7, ab: 260, a: 4, fb: 60, f: 2, tb: 60, t: 2 },
        { second: 5, stack: 8, ab: 2, a: 2, fb: 0, f: 0, tb: 0, t: 0 },
        { second: 7, stack: 8, ab: 0, a: 0, fb: 2, f: 2, tb: 0, t: 0 },
        { second: 9, stack: 7, ab: 0, a: 0, fb: 100, f: 1, tb: 0, t: 0 },
      ]);
      const [counts] = await rows<{ n: string }>(client, "SELECT toString(count()) n FROM allocations");
      expect(counts).toEqual({ n: "6" });
    });
  });
});
