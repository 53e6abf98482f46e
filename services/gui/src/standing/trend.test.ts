import { describe, expect, it } from "vitest";
import { limitOf } from "./limit";
import { residentTrendOf, trendOf } from "./trend";

const SECOND = 1e9;
const MIB = 2 ** 20;

/** One value per second, from a function of the second. */
function timeline(seconds: number, live: (second: number) => number): Parameters<typeof trendOf>[0] {
  const timeNs = Array.from({ length: seconds }, (_, index) => (index + 1) * SECOND);
  return { fromNs: 0, timeNs, liveBytes: timeNs.map((ns) => live(ns / SECOND)) };
}

describe("what stays in memory", () => {
  it("grows since the start, at the rate of what stays, not of what comes and goes", () => {
    const trend = trendOf(timeline(600, (s) => s * MIB + (s % 7) * 3 * MIB));
    expect(trend).toMatchObject({ kind: "grows", sinceNs: 0 });
    expect(trend.kind === "grows" && trend.bytesPerSecond / MIB).toBeCloseTo(1, 1);
  });

  it("grows since the end of a start that took memory at once", () => {
    const trend = trendOf(timeline(1000, (s) => (s < 40 ? s * 10 * MIB : 400 * MIB + (s - 40) * 0.5 * MIB)));
    expect(trend.kind).toBe("grows");
    const sinceSeconds = trend.kind === "grows" ? trend.sinceNs / SECOND : 0;
    expect(sinceSeconds).toBeGreaterThan(0);
    expect(sinceSeconds).toBeLessThan(120);
  });

  it("begins to grow in the middle of a run", () => {
    const trend = trendOf(timeline(1000, (s) => (s < 600 ? 50 * MIB : 50 * MIB + (s - 600) * MIB)));
    const sinceSeconds = trend.kind === "grows" ? trend.sinceNs / SECOND : 0;
    expect(sinceSeconds).toBeGreaterThan(480);
    expect(sinceSeconds).toBeLessThan(650);
  });

  it("grows in steps too, when there are several", () => {
    expect(trendOf(timeline(1000, (s) => (1 + Math.floor(s / 250)) * 10 * MIB)).kind).toBe("grows");
  });

  it("is steady after a start, however much came and went", () => {
    const trend = trendOf(timeline(1000, (s) => (s < 20 ? s * MIB : 20 * MIB + (s % 5) * 10 * MIB)));
    expect(trend).toMatchObject({ kind: "steady" });
    expect(trend.kind === "steady" && trend.sinceNs / SECOND).toBeLessThan(100);
  });

  it("is steady after one large step: a cache is no leak", () => {
    expect(trendOf(timeline(1000, (s) => (s < 500 ? 10 * MIB : 90 * MIB))).kind).toBe("steady");
  });

  it("neither grows nor stays when it rises and falls as a whole", () => {
    expect(trendOf(timeline(1000, (s) => 100 * MIB + 90 * MIB * Math.sin(s / 90))).kind).toBe("varies");
  });

  it("does not grow by less than what matters", () => {
    expect(trendOf(timeline(1000, (s) => 100 * MIB + s * 1024)).kind).toBe("steady");
  });

  it("is not judged in the first seconds", () => {
    expect(trendOf({ fromNs: 0, timeNs: [1e8, 2e8], liveBytes: [MIB, 2 * MIB] }).kind).toBe("unknown");
    expect(trendOf({ fromNs: 0, timeNs: [], liveBytes: [] }).kind).toBe("unknown");
  });

  it("keeps its moments while the run becomes longer", () => {
    const since = (seconds: number): number => {
      const trend = trendOf(timeline(seconds, (s) => (s < 200 ? 10 * MIB : 10 * MIB + (s - 200) * MIB)));
      return trend.kind === "grows" ? trend.sinceNs : -1;
    };
    expect(since(501)).toBe(since(500));
    expect(since(500)).toBeGreaterThan(0);
  });
});

describe("resident memory", () => {
  it("grows where samples are far between, and is unknown without any", () => {
    const { fromNs, timeNs } = timeline(100, () => 0);
    const residentBytes = timeNs.map((_, index) => (index % 2 === 0 ? (100 + index) * MIB : null));
    const trend = residentTrendOf({ fromNs, timeNs, residentBytes });
    expect(trend.kind === "grows" && trend.bytesPerSecond / MIB).toBeCloseTo(1, 0);
    expect(residentTrendOf({ fromNs, timeNs, residentBytes: timeNs.map(() => null) }).kind).toBe("unknown");
  });
});

describe("the limit", () => {
  const grows = { kind: "grows", sinceNs: 0, untilNs: 1, bytes: 1, bytesPerSecond: 1024 } as const;

  it("is none without one", () => {
    expect(limitOf({ residentBytes: 5, limitBytes: 0, running: true }, grows)).toBeNull();
  });

  it("says when it is reached at this rate", () => {
    const limit = limitOf({ residentBytes: 100 * MIB, limitBytes: 200 * MIB, running: true }, grows);
    expect(limit).toMatchObject({ share: 0.5, severity: "far" });
    expect(limit?.fullInNs).toBeCloseTo(((100 * MIB) / 1024) * SECOND, -9);
  });

  it("is near when much of it is used or it is reached within the hour", () => {
    const steady = { kind: "steady", sinceNs: 0, untilNs: 1 } as const;
    expect(limitOf({ residentBytes: 81, limitBytes: 100, running: true }, steady)?.severity).toBe("near");
    expect(limitOf({ residentBytes: 96, limitBytes: 100, running: true }, steady)?.severity).toBe("reached");
    expect(limitOf({ residentBytes: 10 * MIB, limitBytes: 11 * MIB, running: true }, grows)?.severity).toBe("near");
  });

  it("is not going to be reached by what has ended", () => {
    const limit = limitOf({ residentBytes: 10 * MIB, limitBytes: 13 * MIB, running: false }, grows);
    expect(limit).toMatchObject({ severity: "far", fullInNs: null });
  });
});
