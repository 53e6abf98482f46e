import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allOf, EVERYTHING, type Filter, type Instant, type Quantity } from "../ast.js";
import { FIELD_NAMES, FIELDS, type FieldName, type FlagField, type QuantityField, type TextField } from "../catalog.js";
import { complete } from "./complete.js";
import { parse } from "./parse.js";
import { print } from "./print.js";
import { quote, unquote } from "./strings.js";

function fieldsOf(...types: string[]): FieldName[] {
  return FIELD_NAMES.filter((name) => types.includes(FIELDS[name].type));
}

const ns = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const instant: fc.Arbitrary<Instant> = fc.oneof(
  ns.map((value) => ({ unit: "ns" as const, ns: value })),
  fc.nat({ max: 1_000_000 }).map((value) => ({ unit: "percent" as const, percent: value / 10_000 })),
);
const hex = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => value.toString(16));

function quantityOf(type: string): fc.Arbitrary<Quantity> {
  if (type === "size") return ns.map((bytes) => ({ unit: "bytes", bytes }));
  if (type === "duration") return ns.map((value) => ({ unit: "ns", ns: value }));
  if (type === "instant") return instant;
  if (type === "integer") return ns.map((count) => ({ unit: "count", count }));
  return hex.map((digits) => ({ unit: "address", hex: digits }));
}

const quantityFields = fieldsOf("size", "duration", "instant", "integer", "address") as QuantityField[];
const plainText = fc.string({ unit: "binary", maxLength: 30 });

const compare = fc.constantFrom(...quantityFields).chain((field) =>
  fc.record({
    type: fc.constant("compare" as const),
    field: fc.constant(field),
    operator: fc.constantFrom("=" as const, "!=" as const, "<" as const, "<=" as const, ">" as const, ">=" as const),
    value: quantityOf(FIELDS[field].type),
  }),
);
const between = fc
  .constantFrom(...quantityFields)
  .chain((field) =>
    quantityOf(FIELDS[field].type).map((value) => ({ type: "between" as const, field, low: value, high: value })),
  );
const text = fc.record({
  type: fc.constant("text" as const),
  field: fc.constantFrom(...(fieldsOf("text", "frame") as TextField[])),
  operator: fc.constantFrom("=" as const, "!=" as const),
  text: plainText,
});
const pattern = fc.record({
  type: fc.constant("text" as const),
  field: fc.constantFrom(...(fieldsOf("text", "frame") as TextField[])),
  operator: fc.constantFrom("~" as const, "!~" as const),
  text: fc.constantFrom("json", "^a\\.b$", "(?i)x|y", "a\\\\", '[\\]"]+', "\\d{2,}", ""),
});
const choice: fc.Arbitrary<Filter> = fc
  .constantFrom("malloc", "calloc", "realloc", "aligned")
  .map((kind) => ({ type: "text", field: "kind", operator: "=", text: kind }));
const flag: fc.Arbitrary<Filter> = fc
  .constantFrom(...(fieldsOf("flag") as FlagField[]))
  .map((field) => ({ type: "flag", field }));
const oneOf: fc.Arbitrary<Filter> = fc
  .array(fc.nat(), { minLength: 1, maxLength: 4 })
  .map((values) => ({ type: "oneOf", field: "stack", values }));
const alive: fc.Arbitrary<Filter> = instant.map((at) => ({ type: "alive", at }));
const leaf: fc.Arbitrary<Filter> = fc.oneof(compare, between, text, pattern, choice, flag, oneOf, alive);

/** Conjunctions directly inside conjunctions are one conjunction: arbitrary trees are flattened as the parser does. */
const filters: fc.Arbitrary<Filter> = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    leaf,
    tie("filter").map((operand): Filter => ({ type: "not", operand })),
    fc.tuple(tie("filter"), tie("filter")).map((operands): Filter => flat("and", operands)),
    fc.tuple(tie("filter"), tie("filter")).map((operands): Filter => flat("or", operands)),
  ),
})).filter;

function flat(type: "and" | "or", operands: Filter[]): Filter {
  return { type, operands: operands.flatMap((operand) => (operand.type === type ? operand.operands : [operand])) };
}

describe("question language", () => {
  it("reads back what it prints", () => {
    fc.assert(
      fc.property(filters, (filter) => {
        const printed = print(filter);
        fc.pre(printed.length <= 4096);
        expect(parse(printed)).toEqual({ ok: true, filter });
      }),
      { numRuns: 2000 },
    );
  });

  it("answers any text without throwing, and points into it", () => {
    const words = fc.constantFrom(
      "size",
      ">=",
      "1MiB",
      "(",
      ")",
      "and",
      "or",
      "not",
      "leaked",
      "~",
      '"x"',
      "between",
      "in",
      ",",
      "at",
      "alive",
      "5s",
      "%",
      "0x1",
    );
    const anything = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 12 }).map((parts) => parts.join(" ")),
    );
    fc.assert(
      fc.property(anything, (question) => {
        const result = parse(question);
        if (result.ok) return;
        expect(result.error.position).toBeGreaterThanOrEqual(0);
        expect(result.error.position).toBeLessThanOrEqual(question.length);
        expect(result.error.advice).not.toBe("");
      }),
      { numRuns: 2000 },
    );
  });

  it("quotes any text reversibly", () => {
    fc.assert(fc.property(fc.string({ unit: "binary" }), (value) => unquote(quote(value)) === value));
    expect(quote("a\\.b")).toBe('"a\\.b"');
    expect(quote("C:\\")).toBe('"C:\\\\"');
  });

  it.each([
    ["", ""],
    ["size>=1048576", "size >= 1MiB"],
    ["SIZE >= 1.5KiB AND Leaked", "size >= 1536B and leaked"],
    ["lifetime < 1m30s", "lifetime < 90s"],
    ["allocated > 50.0%", "allocated > 50%"],
    ["leaked or (temporary and (thread = 1 or thread = 2))", "leaked or temporary and (thread = 1 or thread = 2)"],
    ["(leaked and temporary) and size > 1", "leaked and temporary and size > 1B"],
    ["name = redis-server", 'name = "redis-server"'],
    ["address = 0x00007F00", "address = 0x7f00"],
    ["size = 4kB", "size = 4000B"],
  ])("prints %j canonically as %j", (question, canonical) => {
    const result = parse(question);
    expect(result.ok && print(result.filter)).toBe(canonical);
  });

  it.each([
    ["siz > 1", 0, "there is no field siz", "size"],
    ['size ~ "x"', 5, "size cannot be compared by ~", ">="],
    ["size > 1 and and", 13, "and does not belong here", "a field"],
    ["(leaked", 7, "the question ends too early", ")"],
    ["leaked = 1", 0, "", ""],
    ['function ~ "("', 11, "the regular expression is wrong: unterminated group", "a regular expression (RE2)"],
    [
      'function ~ "(?=x)"',
      11,
      "the regular expression is wrong: look-ahead and look-behind are not known; use `not` or `!~` in the question instead",
      "a regular expression (RE2)",
    ],
    ["kind = reallo", 7, "kind is never reallo", "realloc"],
    ["size between 2 and 1", 13, "nothing lies between 2 and 1", ""],
    ['function ~ "x', 11, "the text has no closing quote", ""],
    ["size", 4, "size needs a value to compare with", ">="],
    ["process = 12", 10, "12 is no process key", "16 hex digits"],
    ["size > 99999999999TiB", 7, "99999999999TiB is no size", "size"],
  ])("explains %j at %i", (question, position, message, expected) => {
    const result = parse(question);
    if (result.ok) throw new Error("it was understood");
    if (message === "") return;
    expect(result.error.position).toBe(position);
    expect(result.error.message).toBe(message);
    if (expected !== "") expect(result.error.expected).toContain(expected);
  });

  it("refuses questions that are too long or too deep", () => {
    expect(parse("leaked or ".repeat(500) + "leaked").ok).toBe(false);
    expect(parse("(".repeat(60) + "leaked" + ")".repeat(60)).ok).toBe(false);
    expect(parse("(".repeat(40) + "leaked" + ")".repeat(40)).ok).toBe(true);
  });

  it("joins questions without nesting conjunctions", () => {
    const big = parse("size > 1KiB and leaked");
    const thread = parse("thread = 1");
    if (!big.ok || !thread.ok) throw new Error("not understood");
    expect(print(allOf(big.filter, EVERYTHING, thread.filter))).toBe("size > 1KiB and leaked and thread = 1");
    expect(allOf()).toEqual(EVERYTHING);
  });

  it("understands every example of the catalog", () => {
    for (const name of FIELD_NAMES) expect(parse(FIELDS[name].example).ok, FIELDS[name].example).toBe(true);
  });

  it("offers what fits at the cursor", () => {
    const texts = (question: string): string[] =>
      complete(question, question.length).options.map(({ text: option }) => option);
    expect(texts("le")).toEqual(["leaked"]);
    expect(texts("size ")).toEqual(expect.arrayContaining([">=", "between"]));
    expect(texts("size ")).not.toContain("~");
    expect(texts("leaked ")).toEqual(["and", "or"]);
    expect(texts("kind = re")).toEqual(["realloc"]);
    expect(texts("leaked and no")).toEqual(["not"]);
  });
});
