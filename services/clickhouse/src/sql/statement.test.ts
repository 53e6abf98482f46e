import { describe, expect, it } from "vitest";
import { insertFromFile, parseStatement, selectIntoFile, type Statement } from "./statement.js";

function kindOf<Kind extends Statement["kind"]>(kind: Kind, sql: string): Extract<Statement, { kind: Kind }> {
  const statement = parseStatement(sql);
  if (statement.kind !== kind) throw new Error(`${sql} is ${statement.kind}, not ${kind}`);
  return statement as Extract<Statement, { kind: Kind }>;
}

/** What the engine is given, in one line. */
function intoFile(sql: string): string {
  return selectIntoFile(kindOf("select", sql), "P").replace(/\s+/g, " ").trim();
}

function fromFile(sql: string): string {
  return insertFromFile(kindOf("insert", sql), "P").replace(/\s+/g, " ").trim();
}

const OUT = "INTO OUTFILE 'P' TRUNCATE COMPRESSION 'none'";
const IN = "FROM INFILE 'P' COMPRESSION 'none'";

describe("queries get their file in front of FORMAT, or at the end", () => {
  it.each([
    ["SELECT 1", `SELECT 1 ${OUT}`],
    ["SELECT 1 FORMAT JSON", `SELECT 1 ${OUT} FORMAT JSON`],
    ["select 1 format JSON settings max_threads = 1;", `select 1 ${OUT} format JSON settings max_threads = 1`],
    ["SELECT 1 SETTINGS max_threads = 1 FORMAT CSV ; ", `SELECT 1 SETTINGS max_threads = 1 ${OUT} FORMAT CSV`],
    ["SELECT 'FORMAT x', \"format\", format FROM t", `SELECT 'FORMAT x', "format", format FROM t ${OUT}`],
    ["SELECT (SELECT 1 AS FORMAT) FROM t", `SELECT (SELECT 1 AS FORMAT) FROM t ${OUT}`],
    ["(SELECT 1) UNION ALL (SELECT 2) FORMAT TSV", `(SELECT 1) UNION ALL (SELECT 2) ${OUT} FORMAT TSV`],
    ["WITH a AS (SELECT 1) SELECT * FROM a", `WITH a AS (SELECT 1) SELECT * FROM a ${OUT}`],
    ["SELECT 'it''s; \\'quoted' FORMAT CSV", `SELECT 'it''s; \\'quoted' ${OUT} FORMAT CSV`],
    ["SELECT {x:String} FORMAT CSV", `SELECT {x:String} ${OUT} FORMAT CSV`],
  ])("%s", (sql, expected) => {
    expect(intoFile(sql)).toBe(expected);
  });

  it("also behind a comment that ends the text", () => {
    const sql = "SELECT 1 -- FORMAT CSV";
    expect(selectIntoFile(kindOf("select", sql), "P")).toBe(`${sql}\n${OUT} `);
    expect(intoFile("/* ; FORMAT a */ SELECT 1 # x\n FORMAT TSV")).toContain(`${OUT} FORMAT TSV`);
  });

  it("and their format is known", () => {
    expect(kindOf("select", "SELECT 1 format JSONEachRow").format).toBe("JSONEachRow");
    expect(kindOf("select", "SELECT 1").format).toBeUndefined();
  });
});

describe("inserts get their file behind the columns", () => {
  it.each([
    ["INSERT INTO t FORMAT Native", `INSERT INTO t ${IN} FORMAT Native`],
    ["INSERT INTO db.t (a, `b c`) FORMAT RowBinary\n", `INSERT INTO db.t (a, \`b c\`) ${IN} FORMAT RowBinary`],
    ["insert into table t settings x = 1 format CSV", `insert into table t ${IN} settings x = 1 format CSV`],
    ["INSERT INTO t VALUES (1)", `INSERT INTO t ${IN} FORMAT Values`],
    ["INSERT INTO t SETTINGS x = 1 VALUES (1)", `INSERT INTO t ${IN} SETTINGS x = 1 FORMAT Values`],
    ["INSERT INTO values FORMAT CSV", `INSERT INTO values ${IN} FORMAT CSV`],
    ["INSERT INTO format.settings VALUES (1)", `INSERT INTO format.settings ${IN} FORMAT Values`],
    ["INSERT INTO FUNCTION null('a Int8') FORMAT CSV", `INSERT INTO FUNCTION null('a Int8') ${IN} FORMAT CSV`],
    ["-- c\nINSERT INTO t (* EXCEPT(b)) FORMAT CSV", `-- c INSERT INTO t (* EXCEPT(b)) ${IN} FORMAT CSV`],
  ])("%s", (sql, expected) => {
    expect(fromFile(sql)).toBe(expected);
  });

  it.each([
    ["INSERT INTO t FORMAT CSV\n1,2", "1,2"],
    ["INSERT INTO t FORMAT CSV \r\n\n1,2", "\n1,2"],
    ["INSERT INTO t FORMAT CSV 1,2", "1,2"],
    ["INSERT INTO t VALUES (1, 'VALUES')", " (1, 'VALUES')"],
  ])("and their data begin where a server sees them begin: %j", (sql, data) => {
    expect(sql.slice(kindOf("insert", sql).dataAt)).toBe(data);
  });
});

describe("everything else is left alone", () => {
  it.each([
    "INSERT INTO t SELECT 1",
    "INSERT INTO t (a) WITH x AS (SELECT 1) SELECT * FROM x",
    "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x",
    "CREATE TABLE t (a Int8) ENGINE = Memory",
    "SHOW TABLES",
    "EXPLAIN SELECT 1",
  ])("%s", (sql) => {
    expect(kindOf("other", sql).text).toBe(sql);
  });
});

describe("what a server refuses is refused", () => {
  it.each([
    ["", 62],
    ["-- only a comment", 62],
    ["SELECT 1; SELECT 2", 62],
    ["DROP TABLE a; DROP TABLE b", 62],
    ["SELECT 1 INTO OUTFILE '/tmp/x'", 344],
    ["INSERT INTO t FROM INFILE '/etc/passwd' FORMAT CSV", 36],
  ])("%j", (sql, code) => {
    expect(() => parseStatement(sql)).toThrow(expect.objectContaining({ code }));
  });
});
