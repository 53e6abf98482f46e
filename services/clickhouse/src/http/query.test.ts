import { createClient, ClickHouseError, type ClickHouseClient } from "@clickhouse/client";
import { request as httpRequest } from "node:http";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { eventually, startEmbedded, type EmbeddedClickHouse } from "@heaphound/service-kit/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

let server: EmbeddedClickHouse;
let client: ClickHouseClient;

beforeAll(async () => {
  server = await startEmbedded({ environment: { HEAPHOUND_CLICKHOUSE_MAX_QUERIES: "8" } });
  client = createClient({ url: server.url, request_timeout: 120_000, log: { level: 127 } });
});

afterAll(async () => {
  await client.close();
  await server.stop();
});

async function rows<Row>(query: string, more: Partial<Parameters<ClickHouseClient["query"]>[0]> = {}): Promise<Row[]> {
  const result = await client.query({ query, format: "JSONEachRow", ...more });
  return (await result.json()) as Row[];
}

async function failure(promise: Promise<unknown>): Promise<ClickHouseError> {
  const error: unknown = await promise.then(
    () => new Error("it succeeded"),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(ClickHouseError);
  return error as ClickHouseError;
}

/** A raw request, to see status and headers. */
function post(parameters: Record<string, string>, body = "", headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${server.url}/?${new URLSearchParams(parameters).toString()}`, { method: "POST", body, headers });
}

/** Queries that the engine runs now, but for the one that asks. */
async function runningQueries(text: string): Promise<number> {
  const [row] = await rows<{ n: number }>(
    `SELECT toUInt32(count()) AS n FROM system.processes WHERE query LIKE {text:String} AND query NOT LIKE '%system.processes%'`,
    { query_params: { text: `%${text}%` } },
  );
  return row?.n ?? 0;
}

describe("queries", () => {
  it("answers ping and its select form", async () => {
    expect(await client.ping()).toEqual({ success: true });
    expect(await client.ping({ select: true })).toEqual({ success: true });
  });

  it("binds parameters of every shape, also by a multipart body", async () => {
    const query_params = {
      u: "18446744073709551615",
      s: "it's \\ a\ttab\nand 'quotes' ä",
      a: ["x'y", "", "z,\\"],
      n: null,
      d: new Date("2026-01-02T03:04:05.678Z"),
      i: "number",
      m: { k: 1 },
    };
    const query = `SELECT toString({u:UInt64}) AS u, {s:String} AS s, {a:Array(String)} AS a, {n:Nullable(Int8)} AS n,
      toUnixTimestamp64Milli({d:DateTime64(3)}) AS d, max({i:Identifier}) AS i, {m:Map(String, Int8)} AS m FROM numbers(5)`;
    for (const use_multipart_params of [false, true]) {
      const [row] = await rows(query, { query_params, use_multipart_params });
      expect(row).toEqual({
        u: query_params.u,
        s: query_params.s,
        a: query_params.a,
        n: null,
        d: 1_767_323_045_678,
        i: 4,
        m: { k: 1 },
      });
    }
  });

  it("keeps settings and parameters to their request", async () => {
    const settings = { max_block_size: "77", log_comment: "mine" };
    const query = "SELECT getSetting('max_block_size') AS m, getSetting('log_comment') AS c";
    expect(await rows(query, { clickhouse_settings: settings })).toEqual([{ m: 77, c: "mine" }]);
    const [after] = await rows<{ m: number; c: string }>(query);
    expect(after?.m).not.toBe(77);
    expect(after?.c).toBe("");
    await rows("SELECT 1 SETTINGS max_block_size = 78");
    await client.command({ query: "SET max_block_size = 79" });
    await client.command({ query: "CREATE TEMPORARY TABLE leftover (a Int8)" });
    expect(await rows(query)).toEqual([after]);
    expect((await failure(rows("SELECT * FROM leftover"))).code).toBe("60");
    await rows("SELECT {p:Int8}", { query_params: { p: 1 } });
    expect((await failure(rows("SELECT {p:Int8}"))).code).toBe("456");
  });

  it("uses the database of the request, and says when there is none of that name", async () => {
    await client.command({ query: "CREATE DATABASE other" });
    const other = createClient({ url: server.url, database: "other", log: { level: 127 } });
    const result = await other.query({ query: "SELECT currentDatabase() AS d", format: "JSONEachRow" });
    expect(await result.json()).toEqual([{ d: "other" }]);
    const missing = createClient({ url: server.url, database: "missing", log: { level: 127 } });
    expect((await failure(missing.query({ query: "SELECT 1" }))).code).toBe("81");
    await other.close();
    await missing.close();
  });

  it("gives the same bytes as the engine's own file of the format, in one piece however large", async () => {
    const query = "SELECT number AS n, toString(number) AS s FROM numbers(300000)";
    const json = await (await client.query({ query, format: "JSON" })).json<{ n: number }>();
    expect(json.rows).toBe(300_000);
    expect(json.data.at(-1)).toEqual({ n: 299_999, s: "299999" });
    const csv = await (await client.query({ query, format: "CSVWithNames" })).text();
    expect(csv.match(/"n","s"/g)).toHaveLength(1);
    const binary = Buffer.from(await (await post({ query: `${query} FORMAT RowBinaryWithNames` })).arrayBuffer());
    expect(binary.toString("latin1", 0, 5)).toBe("\x02\x01n\x01s");
    expect(binary.indexOf("\x02\x01n\x01s", 5, "latin1")).toBe(-1);
  });

  it("says what it is in its headers", async () => {
    const response = await post({ query_id: "my-id" }, "SELECT number FROM numbers(3) FORMAT JSONEachRow");
    expect(response.status).toBe(200);
    expect(response.headers.get("x-clickhouse-query-id")).toBe("my-id");
    expect(response.headers.get("x-clickhouse-format")).toBe("JSONEachRow");
    expect(JSON.parse(response.headers.get("x-clickhouse-summary") ?? "")).toMatchObject({ read_rows: "3" });
    expect(response.headers.get("content-type")).toContain("application/x-ndjson");
    await response.text();
  });

  it.each(["gzip", "zstd", "br"] as const)("compresses with %s when asked", async (codec) => {
    const compressed = createClient({ url: server.url, compression: { response: { codec } } });
    const result = await compressed.query({ query: "SELECT number FROM numbers(100000)", format: "TabSeparated" });
    expect((await result.text()).split("\n")).toHaveLength(100_001);
    expect(result.response_headers["content-encoding"]).toBe(codec);
    await compressed.close();
  });

  it("streams more than it keeps: a client that reads slowly holds the engine back, memory stays flat", async () => {
    const rss = async (): Promise<number> => {
      const status = await readFile(`/proc/${server.pid}/status`, "utf8");
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
    };
    await rows("SELECT 1");
    const before = await rss();
    const request = httpRequest(server.url, { method: "POST" });
    // 8 GB of text if nobody held it back.
    request.end("SELECT number, 'slow-reader' FROM numbers(400000000) FORMAT TSV");
    const [response] = (await once(request, "response")) as [NodeJS.ReadableStream];
    response.pause();
    const progress = async (): Promise<string> =>
      (
        await rows<{ r: string }>(
          "SELECT toString(sum(read_rows)) AS r FROM system.processes WHERE query LIKE '%slow-reader%' AND query NOT LIKE '%system.processes%'",
        )
      )[0]?.r ?? "";
    let last = "";
    // The engine has stopped reading when two looks, with a query in between, see the same count.
    await eventually(
      async () => {
        const now = await progress();
        const still = now === last && now !== "0";
        last = now;
        return still;
      },
      { everyMs: 100 },
    );
    expect(BigInt(last)).toBeLessThan(40_000_000n);
    expect((await rss()) - before).toBeLessThan(200 * 2 ** 20);
    request.destroy();
    await eventually(async () => (await runningQueries("slow-reader")) === 0);
  });

  it("runs small queries beside a long one, and more than it has slots for", async () => {
    const order: string[] = [];
    const long = rows("SELECT sum(cityHash64(number)) FROM numbers(3000000000) SETTINGS max_threads = 1").then(() =>
      order.push("long"),
    );
    await eventually(async () => (await runningQueries("3000000000")) === 1);
    await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        const [row] = await rows<{ i: number }>("SELECT {i:UInt8} AS i", { query_params: { i } });
        expect(row?.i).toBe(i);
        order.push("small");
      }),
    );
    await long;
    expect(order).toEqual([...Array<string>(30).fill("small"), "long"]);
  });

  it("is not held up by a query whose analysis takes long", async () => {
    const order: string[] = [];
    const long = rows("SELECT (SELECT sum(cityHash64(number)) FROM numbers(2000000000)) AS scalar").then(() =>
      order.push("scalar"),
    );
    await eventually(async () => (await runningQueries("AS scalar")) === 1);
    await rows("SELECT 1").then(() => order.push("small"));
    await long;
    expect(order).toEqual(["small", "scalar"]);
  });
});

describe("memory", () => {
  it("of failed queries is given back, also beside a long one", async () => {
    const leave = new AbortController();
    const long = rows("SELECT sum(cityHash64(number, 'beside')) FROM numbers(1000000000000)", {
      abort_signal: leave.signal,
    }).catch(() => undefined);
    await eventually(async () => (await runningQueries("beside")) === 1);
    for (let i = 0; i < 20; i++)
      await failure(client.exec({ query: "SELECT throwIf(number = 9, 'failing') FROM numbers(10)" }));
    expect(await runningQueries("failing")).toBe(0);
    leave.abort();
    await long;
  });
});

describe("cancelling", () => {
  const LONG = "SELECT sum(cityHash64(number, 'LABEL')) FROM numbers(1000000000000)";

  it("kills the query of a client that leaves", async () => {
    const leave = new AbortController();
    const query = rows(LONG.replace("LABEL", "leaver"), { abort_signal: leave.signal }).catch(() => "aborted");
    await eventually(async () => (await runningQueries("leaver")) === 1);
    leave.abort();
    expect(await query).toBe("aborted");
    await eventually(async () => (await runningQueries("leaver")) === 0);
  });

  it("kills by the client's own query id, and the killed client is told", async () => {
    const query = failure(rows(LONG.replace("LABEL", "victim"), { query_id: "victim-1" }));
    await eventually(async () => (await runningQueries("victim")) === 1);
    expect((await failure(rows("SELECT 1", { query_id: "victim-1" }))).code).toBe("216");
    await client.command({ query: "KILL QUERY WHERE query_id = 'victim-1' SYNC" });
    expect((await query).code).toBe("394");
  });

  it("gives up by max_execution_time", async () => {
    const error = await failure(rows(LONG, { clickhouse_settings: { max_execution_time: 0.2 } }));
    expect(error.code).toBe("159");
  });
});

describe("errors", () => {
  it.each([
    ["SELECT * FROM no_such_table", 404, 60, "UNKNOWN_TABLE"],
    ["SELEC 1", 400, 62, "SYNTAX_ERROR"],
    ["SELECT nope", 404, 47, "UNKNOWN_IDENTIFIER"],
    ["SELECT throwIf(1)", 500, 395, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"],
    ["SELECT 1 FORMAT Nope", 404, 73, "UNKNOWN_FORMAT"],
    [
      "SELECT count() FROM numbers(1000) WHERE number = (SELECT number FROM numbers(2))",
      500,
      125,
      "INCORRECT_RESULT_OF_SCALAR_SUBQUERY",
    ],
  ])("%s", async (query, status, code, type) => {
    const response = await post({}, query);
    expect(response.status).toBe(status);
    expect(response.headers.get("x-clickhouse-exception-code")).toBe(String(code));
    expect(await response.text()).toMatch(
      new RegExp(`^Code: ${code}\\. DB::Exception: .*\\(${type}\\) \\(version 26`, "s"),
    );
    expect((await failure(client.exec({ query }))).code).toBe(String(code));
  });

  it("reach the client behind rows that were sent already", async () => {
    const result = await client.query({
      query: "SELECT number, throwIf(number = 3000000) FROM numbers(10000000)",
      format: "JSONEachRow",
    });
    let seen = 0;
    const read = async (): Promise<void> => {
      for await (const batch of result.stream()) seen += batch.length;
    };
    expect((await failure(read())).code).toBe("395");
    expect(seen).toBeGreaterThan(10_000);
  });

  it("come with their status, after all rows, under wait_end_of_query", async () => {
    const query = "SELECT number, throwIf(number = 300000) FROM numbers(1000000) FORMAT TSV";
    const response = await post({ wait_end_of_query: "1" }, query);
    expect(response.status).toBe(500);
    expect(await response.text()).toMatch(/^Code: 395/);
  });

  it("for unknown settings and unsupported parameters of the interface", async () => {
    expect((await failure(rows("SELECT 1", { clickhouse_settings: { no_such: 1 } }))).code).toBe("115");
    expect((await failure(rows("SELECT 1", { session_id: "s" }))).code).toBe("48");
  });

  it("readonly holds", async () => {
    const readonly = { clickhouse_settings: { readonly: "1" as const } };
    const asked = { ...readonly, query_params: { x: 1 } };
    expect(await rows("SELECT {x:UInt8} AS x", asked)).toEqual([{ x: 1 }]);
    for (const query of [
      "CREATE TABLE r (a Int8) ENGINE = Memory",
      "SET readonly = 0",
      "INSERT INTO FUNCTION null('a Int8') SELECT 1",
    ]) {
      expect((await failure(client.command({ query, ...readonly }))).code, query).toBe("164");
    }
    expect((await failure(rows("SELECT 1 SETTINGS readonly = 0", readonly))).code).toBe("164");
    expect((await failure(rows("SELECT * FROM file('/etc/passwd', 'LineAsString')", readonly))).code).toBe("164");
    const get = await fetch(`${server.url}/?query=${encodeURIComponent("CREATE TABLE r (a Int8) ENGINE = Memory")}`);
    expect(get.headers.get("x-clickhouse-exception-code")).toBe("164");
    expect(await get.text()).toContain("READONLY");
  });
});

describe("who may ask", () => {
  it("only the configured user with the password, in any of the usual places", async () => {
    const locked = await startEmbedded({
      environment: { HEAPHOUND_CLICKHOUSE_USER: "hound", HEAPHOUND_CLICKHOUSE_PASSWORD: "s3cret:é" },
    });
    const good = createClient({ url: locked.url, username: "hound", password: "s3cret:é" });
    expect(await (await good.query({ query: "SELECT 1 AS x", format: "JSONEachRow" })).json()).toEqual([{ x: 1 }]);
    await good.close();
    const ask = async (url: string, headers: Record<string, string> = {}): Promise<number> =>
      (await fetch(url, { method: "POST", body: "SELECT 1", headers })).status;
    expect(await ask(`${locked.url}/?user=hound&password=${encodeURIComponent("s3cret:é")}`)).toBe(200);
    expect(
      await ask(locked.url, {
        "x-clickhouse-user": "hound",
        "x-clickhouse-key": Buffer.from("s3cret:é").toString("latin1"),
      }),
    ).toBe(200);
    expect(await ask(locked.url)).toBe(403);
    expect(await ask(locked.url, { "x-clickhouse-user": "hound", "x-clickhouse-key": "wrong" })).toBe(403);
    expect((await fetch(`${locked.url}/ping`)).status).toBe(200);
    await locked.stop();
  });

  it("nobody but this machine without a password", async () => {
    await expect(startEmbedded({ environment: { HEAPHOUND_LISTEN: "0.0.0.0:0" } })).rejects.toThrow(
      /without a password/,
    );
  });
});
