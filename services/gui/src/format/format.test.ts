import { describe, expect, it } from "vitest";
import {
  formatBytes,
  formatCompact,
  formatCount,
  formatDuration,
  formatMoment,
  formatShare,
  wallClock,
} from "./format";

const plain = (text: string): string => text.replaceAll("\u202f", " ");

describe("numbers as people read them", () => {
  it.each([
    [0, "0 B"],
    [17, "17 B"],
    [999, "999 B"],
    [1000, "0.98 KiB"],
    [1024, "1.00 KiB"],
    [1536, "1.50 KiB"],
    [10_240, "10.0 KiB"],
    [212 * 2 ** 20, "212 MiB"],
    [1023 * 1024, "1.00 MiB"],
    [61.2 * 2 ** 30, "61.2 GiB"],
    [-2048, "−2.00 KiB"],
    [Number.NaN, "–"],
  ])("%d bytes is %s", (bytes, text) => {
    expect(plain(formatBytes(bytes))).toBe(text);
  });

  it("groups counts thinly and keeps every digit", () => {
    expect(formatCount(1204)).toBe("1\u202f204");
    expect(plain(formatCount(1_234_567))).toBe("1 234 567");
    expect(plain(formatCount(-4321))).toBe("−4 321");
  });

  it("shortens counts for axes", () => {
    expect(plain(formatCompact(9999))).toBe("9 999");
    expect(plain(formatCompact(12_345))).toBe("12.3 k");
    expect(plain(formatCompact(999_900))).toBe("1.00 M");
  });

  it("never rounds something to nothing", () => {
    expect(plain(formatShare(0))).toBe("0 %");
    expect(plain(formatShare(0.000_001))).toBe("< 0.01 %");
    expect(plain(formatShare(0.3416))).toBe("34.2 %");
    expect(plain(formatShare(1))).toBe("100 %");
  });

  it.each([
    [850, "850 ns"],
    [12_300, "12.3 µs"],
    [12_345_678, "12.3 ms"],
    [59.9e9, "59.9 s"],
    [60e9, "1 min 00 s"],
    [125e9, "2 min 05 s"],
    [7800e9, "2 h 10 min"],
    [3 * 86_400e9 + 4 * 3600e9, "3 d 4 h"],
  ])("%d ns is %s", (ns, text) => {
    expect(plain(formatDuration(ns))).toBe(text);
  });

  it("shows moments as finely as the window asks", () => {
    expect(plain(formatMoment(12.345e9, 1e6))).toBe("12.345 s");
    expect(plain(formatMoment(12.345e9, 1e9))).toBe("12 s");
    expect(formatMoment(125.1e9, 1e8)).toBe("2:05.1");
    expect(formatMoment(3725e9, 1e9)).toBe("1:02:05");
    expect(formatMoment(119.96e9, 1e8)).toBe("2:00.0");
  });

  it("knows the wall clock of a moment", () => {
    expect(wallClock("1700000000000000000", 1.5e9).utc).toBe("2023-11-14 22:13:21.500 UTC");
  });
});
