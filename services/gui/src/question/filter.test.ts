import { describe, expect, it } from "vitest";
import { andFilter, functionIs, quote, throughFunction } from "./filter";

describe("conditions that clicking writes", () => {
  it("name exactly one function, whatever its name", () => {
    expect(functionIs("f<int*>::operator()(a&)")).toBe('function = "f<int*>::operator()(a&)"');
    expect(throughFunction("dbAdd")).toBe('not function != "dbAdd"');
  });

  it("quote quotes and backslashes", () => {
    expect(quote('operator""_s')).toBe('"operator\\"\\"_s"');
    expect(quote("ends with \\")).toBe('"ends with \\\\"');
    expect(quote("a\\.b")).toBe('"a\\.b"');
  });

  it("add to a filter without changing what it meant", () => {
    expect(andFilter("", "size > 1")).toBe("size > 1");
    expect(andFilter("leaked", "size > 1")).toBe("leaked and size > 1");
    expect(andFilter("size < 1 or size > 9", "leaked")).toBe("(size < 1 or size > 9) and leaked");
    expect(andFilter("leaked and size > 1", "size > 1")).toBe("leaked and size > 1");
  });
});
