import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatProcessKey, isProcessKey, parseProcessKey, processKeyRange } from "./process-key.js";

const key = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

describe("process keys", () => {
  it("round trip through their text", () => {
    fc.assert(fc.property(key, (value) => parseProcessKey(formatProcessKey(value)) === value));
  });

  it("are found by each of their prefixes, and by no other", () => {
    fc.assert(
      fc.property(key, key, fc.integer({ min: 1, max: 16 }), (value, other, digits) => {
        const prefix = formatProcessKey(value).slice(0, digits);
        const { first, last } = processKeyRange(prefix);
        const inside = (candidate: bigint): boolean => first <= candidate && candidate <= last;
        expect(inside(value)).toBe(true);
        expect(inside(other)).toBe(formatProcessKey(other).startsWith(prefix));
      }),
    );
  });

  it.each(["", "0", "xyz0000000000000", "00000000000000000", "0x00000000000000"])("refuses %j", (text) => {
    expect(isProcessKey(text)).toBe(false);
    expect(() => parseProcessKey(text)).toThrow(/is not a process key/);
  });

  it("refuses what does not fit 64 bits", () => {
    expect(() => formatProcessKey(2n ** 64n)).toThrow(RangeError);
    expect(() => formatProcessKey(-1n)).toThrow(RangeError);
  });
});
