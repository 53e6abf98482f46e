import { describe, expect, it } from "vitest";
import { CodeNames } from "./code-names.js";

const code = (name: string, start: number, size: number, firstNode = 1) => ({
  name,
  firstNode,
  start: BigInt(start),
  size: BigInt(size),
});

describe("CodeNames", () => {
  it("finds the function that an address lies in, and none between them", () => {
    const names = new CodeNames();
    names.add([code("b", 0x2000, 0x100), code("a", 0x1000, 0x10)]);
    names.add([code("c", 0x1800, 0x20)]);
    const at = (address: number): string | undefined => names.at(5, BigInt(address));
    expect([0xfff, 0x1000, 0x100f, 0x1010, 0x1805, 0x2000, 0x20ff, 0x2100].map(at)).toEqual([
      undefined,
      "a",
      "a",
      undefined,
      "c",
      "b",
      "b",
      undefined,
    ]);
    expect(new CodeNames().at(1, 0x1000n)).toBeUndefined();
  });

  it("tells code from what was at its place before by the nodes", () => {
    const names = new CodeNames();
    names.add([code("first", 0x1000, 0x40, 10)]);
    names.add([code("second", 0x1000, 0x80, 20)]);
    expect(names.at(9, 0x1010n)).toBeUndefined();
    expect(names.at(10, 0x1010n)).toBe("first");
    expect(names.at(19, 0x1010n)).toBe("first");
    expect(names.at(20, 0x1010n)).toBe("second");
    expect(names.at(19, 0x1050n)).toBeUndefined();
    expect(names.at(30, 0x1050n)).toBe("second");
  });
});
