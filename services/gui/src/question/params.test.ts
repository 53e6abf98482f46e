import { describe, expect, it } from "vitest";
import { allocationParams, tableParams, treeParams } from "./params";
import type { Question } from "./question";
import { DEFAULT_QUESTION } from "./question";

const ask = (change: Partial<Question>): Question => ({ ...DEFAULT_QUESTION, ...change });
const window = { fromNs: 10, toNs: 90 };

describe("what a question asks of the API", () => {
  it("is about the end of the window when it asks what is live", () => {
    expect(treeParams(ask({}))).toEqual({ measure: "live", weight: "bytes" });
    expect(treeParams(ask({ window }))).toMatchObject({ at: "90" });
    expect(treeParams(ask({ window, atNs: 40 }))).toMatchObject({ at: "40" });
    expect(treeParams(ask({ window, atNs: 40 }))).not.toHaveProperty("from");
  });

  it("is about the window for every other measure", () => {
    expect(treeParams(ask({ window, atNs: 40, measure: "freed" }))).toEqual({
      measure: "freed",
      weight: "bytes",
      from: "10",
      to: "90",
    });
  });

  it("narrows the tables, not the flame graph, to the focused function", () => {
    const question = ask({ filter: "size > 8", focus: { name: "dbAdd", path: 1 } });
    expect(treeParams(question).q).toBe("size > 8");
    expect(tableParams(question).q).toBe('size > 8 and not function != "dbAdd"');
  });

  it("turns the measure into a condition on single allocations", () => {
    expect(allocationParams(ask({}))).toEqual({ q: "leaked" });
    expect(allocationParams(ask({ atNs: 40, filter: "size > 8" }))).toEqual({ q: "size > 8 and alive at 40ns" });
    expect(allocationParams(ask({ measure: "allocated", window }))).toEqual({ from: "10", to: "90" });
    expect(allocationParams(ask({ measure: "freed", window }))).toEqual({ q: "freed between 10ns and 90ns" });
    expect(allocationParams(ask({ measure: "temporary", window }))).toEqual({ from: "10", to: "90", q: "temporary" });
  });
});
