import { describe, expect, it } from "vitest";
import type { Ending } from "../api/shapes";
import { isSudden, lastMinute, marksOf } from "./parts";

const MIB = 2 ** 20;

describe("a sudden end", () => {
  it.each([
    [{ running: false, endReason: "killed" }, true],
    [{ running: false, endReason: "lost" }, true],
    [{ running: false, endReason: "fatal_signal" }, true],
    [{ running: false, endReason: "exit" }, false],
    [{ running: true, endReason: "" }, false],
  ])("%o: %s", (process, expected) => {
    expect(isSudden(process)).toBe(expected);
  });
  it("an instant is no window", () => {
    expect(lastMinute({ fromNs: 0, toNs: 0 })).toBeNull();
    expect(lastMinute({ fromNs: 1, toNs: 5 })).toEqual({ fromNs: 1, toNs: 5 });
  });
});

describe("the bars", () => {
  const memory = { residentBytes: 50 * MIB, cgroupBytes: 63 * MIB } as Ending["memory"];
  it("are drawn against the limit, or against the widest of them", () => {
    const facts = { liveBytes: 40 * MIB, memory, limitBytes: 64 * MIB } as Ending;
    expect(marksOf(facts).scaleBytes).toBe(64 * MIB);
    expect(marksOf({ ...facts, limitBytes: null }).scaleBytes).toBe(50 * MIB);
    expect(marksOf({ ...facts, limitBytes: null }).marks.map(({ name }) => name)).toEqual(["live", "resident"]);
    expect(marksOf(facts).marks.map(({ name }) => name)).toEqual(["live", "resident", "control group"]);
  });
  it("leave out what was not sampled", () => {
    const facts = { liveBytes: 0, memory: null, limitBytes: null } as Ending;
    expect(marksOf(facts)).toEqual({ marks: [{ name: "live", bytes: 0, token: "live" }], scaleBytes: 1 });
  });
});
