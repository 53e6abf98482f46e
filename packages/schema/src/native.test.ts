import { createClickHouseClient, insertBinary, type ClickHouseClient } from "@heaphound/service-kit";
import { startEmbedded, type EmbeddedClickHouse } from "@heaphound/service-kit/testing";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeNative, type NativeColumn } from "./native.js";

let server: EmbeddedClickHouse;
let client: ClickHouseClient;

beforeAll(async () => {
  server = await startEmbedded();
  client = createClickHouseClient({ url: server.url, service: "test" });
});

afterAll(async () => {
  await client.close();
  await server.stop();
});

/** Inserts columns into a table of their types; returns the rows as the engine holds them. */
async function roundTrip(columns: readonly NativeColumn[], rows: number, select = "*"): Promise<unknown[]> {
  const definition = columns.map(({ name, type }) => `${name} ${type}`).join(", ");
  await client.command({
    query: `CREATE OR REPLACE TABLE t (n UInt64 DEFAULT rowNumberInAllBlocks(), ${definition}) ENGINE = Memory`,
  });
  await insertBinary(client, {
    table: "t",
    columns: columns.map(({ name }) => name),
    format: "Native",
    body: encodeNative(columns, rows),
  });
  const result = await client.query({
    query: `SELECT ${select} FROM (SELECT * EXCEPT(n) FROM t)`,
    format: "JSONCompactEachRow",
    clickhouse_settings: { output_format_json_quote_64bit_integers: 1, output_format_json_quote_denormals: 1 },
  });
  return result.json();
}

describe("Native blocks", () => {
  it("carry the extremes of every number type bit for bit", async () => {
    const columns: NativeColumn[] = [
      { name: "u8", type: "UInt8", values: new Uint8Array([0, 255]) },
      { name: "u16", type: "UInt16", values: new Uint16Array([0, 65_535]) },
      { name: "u32", type: "UInt32", values: new Uint32Array([0, 2 ** 32 - 1]) },
      { name: "u64", type: "UInt64", values: new BigUint64Array([2n ** 53n + 1n, 2n ** 64n - 1n]) },
      { name: "i64", type: "Int64", values: new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n]) },
      { name: "f64", type: "Float64", values: new Float64Array([-0.1, Infinity]) },
      { name: "b", type: "Bool", values: new Uint8Array([0, 1]) },
    ];
    expect(await roundTrip(columns, 2)).toEqual([
      [0, 0, 0, "9007199254740993", "-9223372036854775808", -0.1, false],
      [255, 65_535, 4_294_967_295, "18446744073709551615", "9223372036854775807", "inf", true],
    ]);
  });

  it("carry every byte value in String and FixedString", async () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    const columns: NativeColumn[] = [
      { name: "s", type: "String", values: [all, "", "ä€😀"] },
      { name: "f", type: "FixedString(256)", values: Buffer.concat([all, all.toReversed(), Buffer.alloc(256)]) },
    ];
    const hex = Buffer.from(all).toString("hex").toUpperCase();
    const reversed = Buffer.from(all.toReversed()).toString("hex").toUpperCase();
    expect(await roundTrip(columns, 3, "hex(s), hex(f)")).toEqual([
      [hex, hex],
      ["", reversed],
      [Buffer.from("ä€😀").toString("hex").toUpperCase(), "00".repeat(256)],
    ]);
  });

  it("carry arrays from both forms, empty ones included", async () => {
    const columns: NativeColumn[] = [
      {
        name: "a",
        type: "Array(UInt64)",
        values: { ends: new BigUint64Array([2n, 2n, 3n]), elements: new BigUint64Array([1n, 2n ** 64n - 1n, 3n]) },
      },
      { name: "l", type: "Array(UInt32)", values: [[], [7, 8], [9]] },
      { name: "t", type: "Array(String)", values: [["x", ""], ["y\n\0"], []] },
    ];
    expect(await roundTrip(columns, 3)).toEqual([
      [["1", "18446744073709551615"], [], ["x", ""]],
      [[], [7, 8], ["y\n\0"]],
      [["3"], [9], []],
    ]);
  });

  it("repeat a constant, and fill dictionaries from plain strings", async () => {
    const columns: NativeColumn[] = [
      { name: "p", type: "UInt64", values: { constant: 0xfedcba9876543210n } },
      { name: "k", type: "LowCardinality(String)", values: ["ring_full", "busy", "busy"] },
      { name: "d", type: "String", values: { constant: "same" } },
      { name: "y", type: "Bool", values: { constant: true } },
    ];
    expect(await roundTrip(columns, 3)).toEqual(
      ["ring_full", "busy", "busy"].map((kind) => ["18364758544493064720", kind, "same", true]),
    );
  });

  it("are read back as they were, whatever is in them", async () => {
    const row = fc.record({ u: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), s: fc.uint8Array({ maxLength: 300 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 50 }), async (rows) => {
        const columns: NativeColumn[] = [
          { name: "u", type: "UInt64", values: BigUint64Array.from(rows, ({ u }) => u) },
          { name: "s", type: "String", values: rows.map(({ s }) => s) },
        ];
        expect(await roundTrip(columns, rows.length, "u, hex(s)")).toEqual(
          rows.map(({ u, s }) => [String(u), Buffer.from(s).toString("hex").toUpperCase()]),
        );
      }),
      { numRuns: 20 },
    );
  });

  it("refuse columns that do not fit, naming the column", () => {
    const encode = (type: string, values: NativeColumn["values"]): (() => Buffer[]) => {
      return () => encodeNative([{ name: "c", type, values }], 2);
    };
    expect(encode("UInt32", new Uint32Array(3))).toThrow("column c (UInt32): 12 bytes where 8 are expected");
    expect(encode("String", ["one"])).toThrow("1 rows where 2 are expected");
    expect(encode("FixedString(4)", new Uint8Array(7))).toThrow("7 bytes where 8 are expected");
    expect(encode("Decimal(9, 2)", ["1", "2"])).toThrow("cannot be encoded");
    expect(encode("UInt8", { constant: 256 })).toThrow(/out of range/);
  });
});
