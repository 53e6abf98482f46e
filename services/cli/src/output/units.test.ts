import { describe, expect, it } from "vitest";
import { bytes, count, duration } from "./units.js";

describe("units", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.00 KiB"],
    [1536, "1.50 KiB"],
    [10_240, "10.0 KiB"],
    [1_048_575, "1.00 MiB"],
    [222_298_112, "212 MiB"],
    [-2048, "-2.00 KiB"],
  ])("%d bytes are %s", (value, text) => {
    expect(bytes(value)).toBe(text);
  });

  it.each([
    [0, "0"],
    [999, "999"],
    [1000, "1 000"],
    [1_234_567, "1 234 567"],
  ])("the count %d is %s", (value, text) => {
    expect(count(value)).toBe(text);
  });

  it.each([
    [0, "0 ns"],
    [1_500, "1.50 µs"],
    [12_345_678, "12.3 ms"],
    [1_500_000_000, "1.50 s"],
    [90_000_000_000, "1 m 30 s"],
    [7_800_000_000_000, "2 h 10 m"],
  ])("%d ns are %s", (value, text) => {
    expect(duration(value)).toBe(text);
  });
});
