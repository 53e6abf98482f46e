import { createClient, ClickHouseError, type ClickHouseClient } from "@clickhouse/client";
import { connect } from "node:net";
import { once } from "node:events";
import { Readable } from "node:stream";
import { readdir } from "node:fs/promises";
import { insertBinary } from "@heaphound/service-kit";
import { eventually, startEmbedded, type EmbeddedClickHouse } from "@heaphound/service-kit/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

const SPOOL_MEMORY = 1024 * 1024;
const MAX_BODY = 16 * 1024 * 1024;

let server: EmbeddedClickHouse;
let client: ClickHouseClient;

beforeAll(async () => {
  server = await startEmbedded({
    environment: {
      HEAPHOUND_CLICKHOUSE_SPOOL_MEMORY: String(SPOOL_MEMORY),
      HEAPHOUND_CLICKHOUSE_MAX_BODY: String(MAX_BODY),
    },
  });
  client = createClient({ url: server.url, log: { level: 127 } });
});

afterAll(async () => {
  await client.close();
  await server.stop();
});

beforeEach(async () => {
  await client.command({
    query: `CREATE OR REPLACE TABLE t (a UInt64, s String, f FixedString(4) DEFAULT 'dflt') ENGINE = MergeTree ORDER BY a
            SETTINGS non_replicated_deduplication_window = 100`,
  });
});

async function rows<Row>(query: string): Promise<Row[]> {
  return (await client.query({ query, format: "JSONEachRow" })).json<Row>();
}

async function count(table = "t"): Promise<number> {
  const [row] = await rows<{ n: number }>(`SELECT toUInt32(count()) AS n FROM ${table}`);
  return row?.n ?? -1;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => "it succeeded",
    (thrown: unknown) => thrown,
  );
  return error instanceof ClickHouseError ? error.code : String(error);
}

/** `UInt64, String, FixedString(4)` */
function rowBinary(a: bigint, s: Buffer, f: Buffer): Buffer {
  const key = Buffer.alloc(8);
  key.writeBigUInt64LE(a);
  const length = s.length < 128 ? Buffer.from([s.length]) : Buffer.from([(s.length & 127) | 128, s.length >> 7]);
  return Buffer.concat([key, length, s, f]);
}

const ALL_BYTES = Buffer.from(Uint8Array.from({ length: 256 }, (_, i) => i));

describe("binary inserts are bit exact", () => {
  const data = Buffer.concat([
    rowBinary(0n, ALL_BYTES, Buffer.from([0, 255, 10, 13])),
    rowBinary(2n ** 64n - 1n, Buffer.alloc(0), Buffer.from("'\"\\\0", "latin1")),
  ]);
  const expected = [
    { a: "0", s: ALL_BYTES.toString("hex").toUpperCase(), f: "00FF0A0D" },
    { a: "18446744073709551615", s: "", f: "27225C00" },
  ];
  const stored = (): Promise<unknown[]> =>
    rows("SELECT toString(a) AS a, hex(s) AS s, hex(f) AS f FROM t ORDER BY t.a");

  it("RowBinary with the statement in the URL", async () => {
    await insertBinary(client, { table: "t", columns: ["a", "s", "f"], format: "RowBinary", body: data });
    expect(await stored()).toEqual(expected);
  });

  it("RowBinary behind the statement in the body", async () => {
    const body = Buffer.concat([Buffer.from("INSERT INTO t /* ä */ (a, s, f) FORMAT RowBinary\n"), data]);
    const response = await fetch(server.url, { method: "POST", body });
    expect(response.status).toBe(200);
    expect(await stored()).toEqual(expected);
  });

  it.each(["Native", "RowBinary", "RowBinaryWithNamesAndTypes", "Parquet"])(
    "%s as the engine itself wrote it",
    async (format) => {
      await insertBinary(client, { table: "t", columns: ["a", "s", "f"], format: "RowBinary", body: data });
      const written = await fetch(server.url, { method: "POST", body: `SELECT * FROM t ORDER BY a FORMAT ${format}` });
      const bytes = Buffer.from(await written.arrayBuffer());
      await client.command({ query: "TRUNCATE TABLE t" });
      const url = `${server.url}/?query=${encodeURIComponent(`INSERT INTO t FORMAT ${format}`)}`;
      expect((await fetch(url, { method: "POST", body: bytes })).status).toBe(200);
      expect(await stored()).toEqual(expected);
    },
  );

  it.each(["gzip", "zstd", "br"] as const)("also compressed with %s", async (codec) => {
    const compressing = createClient({ url: server.url, compression: { request: { codec } } });
    await insertBinary(compressing, { table: "t", columns: ["a", "s", "f"], format: "RowBinary", body: data });
    await compressing.close();
    expect(await stored()).toEqual(expected);
  });
});

describe("text inserts", () => {
  it.each([
    ["INSERT INTO t (a, s) VALUES (1, 'it''s'), (1 + 1, 'b');", ""],
    ["INSERT INTO t (a, s) FORMAT CSV", `1,"it's"\n2,b\n`],
    ["INSERT INTO t FORMAT JSONEachRow", `{"a":1,"s":"it's"}\n{"s":"b","a":"2"}`],
    ["INSERT INTO t (* EXCEPT(f)) FORMAT TSV", "1\tit\\'s\n2\tb\n"],
    ["INSERT INTO t (a, s) VALUES", "(1, 'it\\'s') (2, 'b')"],
    ["INSERT INTO t (a, s) SELECT 1, 'it''s' UNION ALL SELECT 2, 'b'", ""],
  ])("%s fill in defaults", async (query, body) => {
    const url = body === "" ? server.url : `${server.url}/?query=${encodeURIComponent(query)}`;
    const response = await fetch(url, { method: "POST", body: body === "" ? query : body });
    expect(await response.text()).toBe("");
    expect(await rows("SELECT s, f FROM t ORDER BY a")).toEqual([
      { s: "it's", f: "dflt" },
      { s: "b", f: "dflt" },
    ]);
  });

  it("by the client's own insert, objects and streams", async () => {
    await client.insert({ table: "t", values: [{ a: "1", s: "x" }], format: "JSONEachRow" });
    const many = Readable.from(
      Array.from({ length: 1_000 }, (_, i) => ({ a: String(i), s: "y" })),
      { objectMode: true },
    );
    const { summary } = await client.insert({ table: "t", values: many, format: "JSONEachRow" });
    expect(summary?.written_rows).toBe("1000");
    expect(await count()).toBe(1_001);
  });

  it("with nothing in them store nothing", async () => {
    const response = await fetch(`${server.url}/?query=${encodeURIComponent("INSERT INTO t FORMAT Native")}`, {
      method: "POST",
    });
    expect(response.status).toBe(200);
    expect(await count()).toBe(0);
  });
});

describe("an insert is one thing", () => {
  const ROWS = 2_500_000;
  const block = (): Buffer => {
    const keys = BigUint64Array.from({ length: ROWS }, (_, i) => BigInt(i));
    // One UInt64 column: varint rows = 2,500,000.
    return Buffer.concat([
      Buffer.from([1, 0xa0, 0xcb, 0x98, 0x01, 1]),
      Buffer.from("a"),
      Buffer.from([6]),
      Buffer.from("UInt64"),
      Buffer.from(keys.buffer),
    ]);
  };

  it("is one part, larger than a block of the engine, larger than the memory for bodies", async () => {
    const large = createClient({ url: server.url, log: { level: 127 } });
    await client.command({ query: "CREATE OR REPLACE TABLE one (a UInt64) ENGINE = MergeTree ORDER BY a" });
    await client.command({ query: "SYSTEM STOP MERGES one" });
    // Two halves in one body, as two Native blocks: still one part.
    const half = block().subarray(0);
    expect(half.length).toBeGreaterThan(SPOOL_MEMORY);
    const tooLarge = codeOf(insertBinary(large, { table: "one", columns: ["a"], format: "Native", body: half }));
    expect(await tooLarge).toBe("307");
    const quarter = BigUint64Array.from({ length: 600_000 }, (_, i) => BigInt(i));
    const body = [1, 2, 3].flatMap(() => [
      Buffer.concat([Buffer.from([1, 0xc0, 0xcf, 0x24, 1]), Buffer.from("a"), Buffer.from([6]), Buffer.from("UInt64")]),
      Buffer.from(quarter.buffer),
    ]);
    await insertBinary(large, { table: "one", columns: ["a"], format: "Native", body });
    expect(await count("one")).toBe(1_800_000);
    const [parts] = await rows("SELECT toUInt32(count()) AS n FROM system.parts WHERE table = 'one' AND active");
    expect(parts).toEqual({ n: 1 });
    await large.close();
  });

  it("stores nothing when it is cut off or damaged anywhere", async () => {
    const good = Buffer.concat(
      Array.from({ length: 50 }, (_, i) => rowBinary(BigInt(i), Buffer.from("x".repeat(i)), Buffer.from("abcd"))),
    );
    const insert = (body: Buffer): Promise<void> =>
      insertBinary(client, { table: "t", columns: ["a", "s", "f"], format: "RowBinary", body });
    for (const at of [1, 8, 9, good.length - 1]) {
      expect(Number(await codeOf(insert(good.subarray(0, at)))), `cut at ${at}`).toBeGreaterThan(0);
    }
    const json = `{"a":1}\n`.repeat(1_000) + `{"a":}\n`;
    expect(
      await codeOf(
        client.insert({
          table: "t",
          values: Readable.from([json], { objectMode: false }),
          format: "JSONEachRow",
        } as never),
      ),
    ).not.toBe("it succeeded");
    expect(await count()).toBe(0);
  });

  it("is not an insert when the client leaves half-way, and leaves no file behind", async () => {
    const { hostname, port } = new URL(server.url);
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    socket.write(
      `POST /?query=${encodeURIComponent("INSERT INTO t (a) FORMAT RowBinary")} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n`,
    );
    socket.write(Buffer.alloc(504));
    const metrics = async (): Promise<string> => (await fetch(`${server.url}/metrics`)).text();
    await eventually(async () => /spool_memory_bytes\{.*\} 504/.test(await metrics()));
    socket.destroy();
    await eventually(async () => /spool_memory_bytes\{.*\} 0/.test(await metrics()));
    expect(await count()).toBe(0);
    const left = (await readdir(`${server.dataDir}/run`)).filter((name) => name.startsWith("body"));
    expect(left).toEqual([]);
  });

  it("with a damaged compressed body is refused", async () => {
    const response = await fetch(`${server.url}/?query=${encodeURIComponent("INSERT INTO t (a) FORMAT RowBinary")}`, {
      method: "POST",
      body: Buffer.from("no gzip at all"),
      headers: { "Content-Encoding": "gzip" },
    });
    expect(response.headers.get("x-clickhouse-exception-code")).toBe("271");
    await response.text();
    const unknown = await fetch(server.url, { method: "POST", body: "x", headers: { "Content-Encoding": "lzma" } });
    expect(await unknown.text()).toContain("UNKNOWN_COMPRESSION_METHOD");
  });
});

describe("deduplication by token", () => {
  it("covers the table and the tables behind its materialized views", async () => {
    const window = "SETTINGS non_replicated_deduplication_window = 100";
    await client.command({
      query: `CREATE OR REPLACE TABLE sums (k UInt64, n UInt64) ENGINE = SummingMergeTree ORDER BY k ${window}`,
    });
    await client.command({
      query: "CREATE MATERIALIZED VIEW sums_of_t TO sums AS SELECT a % 2 AS k, count() AS n FROM t GROUP BY k",
    });
    const insert = (token: string): Promise<void> =>
      insertBinary(client, {
        table: "t",
        columns: ["a", "s", "f"],
        format: "RowBinary",
        body: Buffer.concat([1n, 2n, 3n].map((a) => rowBinary(a, Buffer.from("s"), Buffer.from("abcd")))),
        deduplicationToken: token,
      });
    await insert("one");
    await insert("one");
    expect(await count()).toBe(3);
    // The same rows with another token are other rows.
    await insert("two");
    await Promise.all([insert("three"), insert("three"), insert("two")]);
    expect(await count()).toBe(9);
    expect(await rows("SELECT toUInt32(k) AS k, toUInt32(sum(n)) AS n FROM sums GROUP BY k ORDER BY k")).toEqual([
      { k: 0, n: 3 },
      { k: 1, n: 6 },
    ]);
    await client.command({ query: "DROP VIEW sums_of_t" });
  });
});
