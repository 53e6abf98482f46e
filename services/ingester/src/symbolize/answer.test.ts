import { describe, expect, it } from "vitest";
import { parseAnswer, tidyName } from "./answer.js";

describe("answers of llvm-symbolizer", () => {
  it("are nothing when the address or the file is unknown", () => {
    expect(
      parseAnswer('{"Address":"0x10","Error":{"Message":"No such file or directory"},"ModuleName":"/x"}'),
    ).toBeUndefined();
    expect(
      parseAnswer('{"Address":"0x1","Symbol":[{"Column":0,"FileName":"","FunctionName":"","Line":0}]}'),
    ).toBeUndefined();
  });

  it("are refused when they are not what the tool is known to write", () => {
    expect(() => parseAnswer("??")).toThrow();
    expect(() => parseAnswer('{"Symbol":[{"FunctionName":1}]}')).toThrow();
  });

  it.each([
    ["core::fmt::Write::write_fmt::h0123456789abcdef", "core::fmt::Write::write_fmt"],
    [
      "_$LT$alloc..vec..Vec$LT$T$C$A$GT$$u20$as$u20$core..ops..drop..Drop$GT$::drop::h0123456789abcdef",
      "_<alloc::vec::Vec<T,A> as core::ops::drop::Drop>::drop",
    ],
    ["f(int) (.isra.0)", "f(int) [clone .isra.0]"],
    ["operator()(int) const", "operator()(int) const"],
    ["main", "main"],
  ])("%s is shown as %s", (raw, shown) => {
    expect(tidyName(raw).replace(/^_(?=<)/, "")).toBe(shown.replace(/^_(?=<)/, ""));
  });
});
