import { describe, expect, it } from "vitest";
import type { Timeline } from "../api/shapes";
import { treeOf } from "../testing/ascii-stacks";
import type { Question } from "../question/question";
import { DEFAULT_QUESTION } from "../question/question";
import type { Part } from "./sentence";
import { allocatedWithin, previewSentence, sentence } from "./sentence";

const text = (parts: Part[]): string =>
  parts
    .map((part) => part.text)
    .join("")
    .replaceAll("\u202f", " ");
const ask = (change: Partial<Question>): Question => ({ ...DEFAULT_QUESTION, ...change });
const redis = { name: "redis-server", running: false, durationNs: 20e9 };
const tree = treeOf("main;dbAdd 2048 3\nmain;sds 1024");

/** Four intervals of a second: 10, 20, 30 and 40 bytes allocated, all of them live. */
const timeline: Timeline = {
  revision: 1,
  fromNs: 0,
  toNs: 4e9,
  timeNs: [1e9, 2e9, 3e9, 4e9],
  liveBytes: [10, 30, 60, 100],
  liveAllocations: [1, 2, 3, 4],
  peakLiveBytes: [10, 30, 60, 100],
  allocatedBytesPerSecond: [10, 20, 30, 40],
  allocationsPerSecond: [1, 1, 1, 1],
  freesPerSecond: [0, 0, 0, 0],
  residentBytes: [null, null, null, null],
  limitBytes: [null, null, null, null],
  anonymousBytes: [null, null, null, null],
};

describe("the sentence over a view", () => {
  it("says what is live, where and by how many", () => {
    expect(text(sentence(ask({}), redis, tree))).toBe(
      "3.00 KiB live at the end in redis-server: 4 allocations by 2 stacks",
    );
    expect(text(sentence(ask({ atNs: 14.3e9 }), redis, tree))).toContain("live at 14.30 s in");
    expect(text(sentence(ask({}), { ...redis, running: true }, tree))).toContain("live now in");
  });

  it("says how far sampled figures may be off", () => {
    expect(text(sentence(ask({}), redis, { ...tree, totalBytesDeviation: 100 }))).toContain("3.00 KiB ± 196 B live");
  });

  it("says which window and which condition", () => {
    const question = ask({
      measure: "leaked",
      weight: "count",
      window: { fromNs: 1e9, toNs: 3e9 },
      filter: "size > 8",
    });
    expect(text(sentence(question, redis, tree))).toBe(
      "4 allocations allocated from 1.000 s to 3.000 s (2.00 s) and never freed in redis-server: 3.00 KiB by 2 stacks, where size > 8",
    );
  });

  it("follows a drag by what the timeline knows", () => {
    expect(text(previewSentence(ask({}), redis, { fromNs: 0, toNs: 2e9 }, timeline))).toBe(
      "≈ 30 B live at 2.000 s in redis-server",
    );
    expect(allocatedWithin(timeline, { fromNs: 0.5e9, toNs: 2.5e9 })).toBe(5 + 20 + 15);
  });
});
