import { describe, expect, it } from "vitest";
import { intervalAt, timeTicks, valueTicks } from "./scale";
import { clampWindow, dragWindow, moveWindow, zoomWindow } from "./window";

describe("ticks", () => {
  it("are powers of two for bytes", () => {
    expect(valueTicks(700 * 2 ** 20, 4, true).map((tick) => tick / 2 ** 20)).toEqual([0, 256, 512]);
  });

  it("are round for counts", () => {
    expect(valueTicks(7300, 4, false)).toEqual([0, 2000, 4000, 6000]);
    expect(valueTicks(0, 4, false)).toEqual([0]);
  });

  it("are round for time, in minutes and hours when long", () => {
    expect(timeTicks({ fromNs: 1.1e9, toNs: 2.3e9 }, 6).ticks.map((tick) => tick / 1e9)).toEqual([
      1.2, 1.4, 1.6, 1.8, 2, 2.2,
    ]);
    expect(timeTicks({ fromNs: 0, toNs: 600e9 }, 6).stepNs).toBe(120e9);
    expect(timeTicks({ fromNs: 0, toNs: 86_400e9 }, 6).stepNs).toBe(6 * 3600e9);
  });
});

describe("the interval of a moment", () => {
  it("is the one whose end is the first not before it", () => {
    expect(intervalAt([10, 20, 30], 0)).toBe(0);
    expect(intervalAt([10, 20, 30], 10)).toBe(0);
    expect(intervalAt([10, 20, 30], 11)).toBe(1);
    expect(intervalAt([10, 20, 30], 99)).toBe(2);
    expect(intervalAt([], 5)).toBe(-1);
  });
});

describe("windows", () => {
  const run = 1_000_000;

  it("stay inside the run and keep their width", () => {
    expect(moveWindow({ fromNs: 900_000, toNs: 950_000 }, run, 4)).toEqual({ fromNs: 950_000, toNs: 1_000_000 });
    expect(moveWindow({ fromNs: 10_000, toNs: 60_000 }, run, -1)).toEqual({ fromNs: 0, toNs: 50_000 });
    expect(moveWindow(null, run, 1)).toBeNull();
  });

  it("zoom around the chosen moment and out to the whole run", () => {
    expect(zoomWindow({ window: null, atNs: 500_000 }, run, 0.5)).toEqual({ fromNs: 250_000, toNs: 750_000 });
    expect(zoomWindow({ window: { fromNs: 100_000, toNs: 200_000 }, atNs: null }, run, 0.5)).toEqual({
      fromNs: 125_000,
      toNs: 175_000,
    });
    expect(zoomWindow({ window: { fromNs: 100_000, toNs: 800_000 }, atNs: null }, run, 2)).toBeNull();
  });

  it("never become narrower than a microsecond", () => {
    expect(clampWindow({ fromNs: 5000, toNs: 5001 }, run)).toEqual({ fromNs: 5000, toNs: 6000 });
  });

  it("can be dragged from either end", () => {
    expect(dragWindow(70_000, 20_000, run)).toEqual({ fromNs: 20_000, toNs: 70_000 });
    expect(dragWindow(-5, 20_000, run)).toEqual({ fromNs: 0, toNs: 20_000 });
  });
});
