import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { goldenCases, goldenText } from "./golden-cases.js";

const GOLDEN = new URL("../../golden/", import.meta.url);
const cases = goldenCases();

describe("compiled SQL", () => {
  it.each(cases)("$name is as kept (npm run gen -w packages/query rewrites)", ({ name, query }) => {
    expect(goldenText(query)).toBe(readFileSync(new URL(`${name}.sql`, GOLDEN), "utf8"));
  });

  it("has no golden file too many", () => {
    expect(readdirSync(GOLDEN).sort()).toEqual(cases.map(({ name }) => `${name}.sql`).sort());
  });

  it.each(cases)("$name binds every value that it names and names every value bound", ({ query }) => {
    const named = new Set([...query.sql.matchAll(/\{(p\d+):[A-Za-z0-9()]+\}/g)].map(([, name]) => name));
    expect([...named].sort()).toEqual(Object.keys(query.params).sort());
  });
});
