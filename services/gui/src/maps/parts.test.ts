import { describe, expect, it } from "vitest";
import type { MemoryFacts } from "../api/shapes";
import { memoryParts } from "./parts";

const MEMORY: MemoryFacts = {
  timeNs: 0,
  residentBytes: 1300,
  anonymousBytes: 1000,
  fileBytes: 300,
  sharedBytes: 0,
  swapBytes: 0,
  liveBytes: 600,
  profilerBytes: 100,
  cgroupBytes: 0,
  cgroupLimitBytes: 0,
  cgroupSwapBytes: 0,
  cgroupOom: 0,
  cgroupOomKills: 0,
};

const drawn = (memory: MemoryFacts): string =>
  memoryParts(memory, [])
    .map(({ name, bytes }) => `${name} ${bytes}`)
    .join("; ");

describe("parts of resident memory", () => {
  it("name what live blocks do not explain", () => {
    expect(drawn(MEMORY)).toBe("live blocks 600; beyond live blocks 300; profiler 100; files 300");
  });

  it("add up to what is resident when live blocks were never touched", () => {
    expect(drawn({ ...MEMORY, liveBytes: 5000 })).toBe("live blocks 1000; files 300");
  });
});
