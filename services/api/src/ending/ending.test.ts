import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Ending } from "@heaphound/query";
import { CART, makeRecording } from "../test-support/recordings.js";
import { Reference } from "../test-support/reference.js";
import { startTestApi, type TestApi } from "../test-support/test-api.js";

const recording = makeRecording({
  process: String(0x5eed_0000_0000_0077n),
  seed: 7,
  allocations: 6000,
  stacks: 60,
  durationNs: 9_000_000_000,
  startedNs: 1_750_000_000_123_456_789n,
  isRunning: false,
  labels: CART,
});
const reference = new Reference(recording);

let api: TestApi;
/** Answers from the rows of single allocations, and from the rollup by seconds. */
const sources = { rows: "", rollup: "" };

beforeAll(async () => {
  api = await startTestApi([recording]);
  sources.rows = await api.another({ HEAPHOUND_API_USAGE_FROM_EVENTS: "1000000000" });
  sources.rollup = await api.another({ HEAPHOUND_API_USAGE_FROM_EVENTS: "0" });
}, 120_000);
afterAll(() => api.stop());

/** Bytes and count by stack of what `holds`, with their sign. */
function sums(weigh: (i: number) => number): Map<number, [bytes: number, count: number]> {
  const found = new Map<number, [number, number]>();
  for (let i = 0; i < reference.count; i++) {
    const weight = weigh(i);
    const [bytes, count] = found.get(reference.stack(i)) ?? [0, 0];
    if (weight !== 0) found.set(reference.stack(i), [bytes + weight * reference.size(i), count + weight]);
  }
  return found;
}

describe.each(["rows", "rollup"] as const)("the last moments, from %s", (source) => {
  it.each([0.5, 1, 2.876543211, 5, 60])("of %d seconds are those counted one by one", async (seconds) => {
    const response = await fetch(`${sources[source]}/api/v1/processes/latest/ending?window=${seconds}&limit=100`);
    const ending = (await response.json()) as Ending;
    const { fromNs, toNs } = ending;
    expect(toNs - fromNs).toBe(Math.min(toNs, seconds * 1e9));
    const live = sums((i) => Number(reference.counts("live", i, 0, toNs)));
    const grown = sums(
      (i) =>
        Number(reference.counts("allocated", i, fromNs, toNs)) - Number(reference.counts("freed", i, fromNs, toNs)),
    );
    for (const row of ending.topStacks) {
      expect([row.stack, row.liveBytes, row.liveCount]).toEqual([row.stack, ...(live.get(row.stack) ?? [0, 0])]);
      expect([row.stack, row.growthBytes, row.growthCount]).toEqual([row.stack, ...(grown.get(row.stack) ?? [0, 0])]);
    }
    const shown = ending.topStacks.filter(({ liveBytes }) => liveBytes > 0);
    expect(shown).toHaveLength([...live.values()].filter(([bytes]) => bytes > 0).length);
    const total = [...grown.values()].reduce((sum, [bytes]) => sum + bytes, 0);
    expect(ending.growthBytes).toBe(total);
  });
});
