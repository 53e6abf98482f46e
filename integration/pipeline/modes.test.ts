// Recording less, through all parts: totals and what stacks hold must be what an independent shim counted, exactly when culled,
// within their own error bars when sampled.
import type { Groups, ProcessDetail, Timeline, Tree } from "@heaphound/query";
import { formatProcessKey } from "@heaphound/service-kit";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Laboratory, type Recording } from "../support/laboratory.js";
import { program } from "../support/programs.js";

let laboratory: Laboratory;

beforeAll(async () => {
  laboratory = await Laboratory.open();
});
afterAll(() => laboratory.close());

const PAIRS = "20000";

async function ask<Answer>(recording: Recording, view: string): Promise<Answer> {
  const key = formatProcessKey(BigInt(recording.process));
  const response = await fetch(`${laboratory.stack.urls.api}/api/v1/processes/${key}${view}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Answer;
}

function record(environment: Record<string, string>): Promise<Recording> {
  return laboratory.record([program("threads"), PAIRS], { counted: true, environment });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

describe("culled", () => {
  it("has exact totals, per stack too, and hardly a row", async () => {
    const recording = await record({ HEAPHOUND_MODE: "cull" });
    const { counted } = recording;
    const process = await ask<ProcessDetail>(recording, "");
    expect(process).toMatchObject({
      mode: "cull",
      allocations: counted.allocations,
      frees: counted.frees,
      isPartial: true,
    });
    expect(process.allocatedBytes).toBe(counted.bytes);
    expect(process.losses).toEqual([]);
    expect(recording.stored.allocations + (process.culledAllocations ?? 0)).toBe(counted.allocations);
    expect(recording.stored.allocations).toBeLessThan(100);
    const tree = await ask<Tree>(recording, "/tree?measure=allocated");
    expect({ bytes: tree.totalBytes, count: tree.totalCount }).toEqual({
      bytes: counted.bytes,
      count: counted.allocations,
    });
    const groups = await ask<Groups>(recording, "/groups?measure=freed");
    expect({ count: groups.totalCount, frees: sum(groups.groups.map(({ frees }) => frees)) }).toEqual({
      count: counted.frees,
      frees: counted.frees,
    });
    expect(groups.groups[0]!.meanLifetimeNs).toBeGreaterThan(0);
    const timeline = await ask<Timeline>(recording, "/timeline?points=20");
    expect(timeline.liveBytes.at(-1)).toBe(process.liveBytes);
  });

  it("keeps what survives, with its original time", async () => {
    const recording = await record({ HEAPHOUND_MODE: "cull", HEAPHOUND_CULL_MS: "1" });
    const { counted } = recording;
    const process = await ask<ProcessDetail>(recording, "");
    expect(process).toMatchObject({
      allocations: counted.allocations,
      frees: counted.frees,
      allocatedBytes: counted.bytes,
    });
    expect(recording.stored.allocations).toBe(counted.allocations - (process.culledAllocations ?? 0));
    const tree = await ask<Tree>(recording, "/tree?measure=allocated");
    expect(tree.totalBytes).toBe(counted.bytes);
    const live = await ask<Tree>(recording, "/tree?measure=live");
    expect(live.totalBytes).toBe(process.liveBytes);
  });
});

/** Standard deviations that chance may be off in a test that runs often. */
const BOUND = 6;

describe("sampled", () => {
  it("is right within its own error bars", async () => {
    const recording = await record({ HEAPHOUND_MODE: "sample", HEAPHOUND_SAMPLE_BYTES: "16K" });
    const { counted } = recording;
    const process = await ask<ProcessDetail>(recording, "");
    expect(process).toMatchObject({ mode: "sample", isSampled: true });
    expect(recording.stored.allocations).toBeLessThan(counted.allocations / 10);
    const tree = await ask<Tree>(recording, "/tree?measure=allocated");
    const deviation = tree.totalBytesDeviation!;
    expect(deviation).toBeGreaterThan(0);
    expect(deviation).toBeLessThan(counted.bytes / 10);
    expect(Math.abs(tree.totalBytes - counted.bytes)).toBeLessThan(BOUND * deviation);
    expect(Math.abs(process.allocatedBytes - counted.bytes)).toBeLessThan(BOUND * deviation);
    const groups = await ask<Groups>(recording, "/groups?measure=allocated");
    expect(Math.abs(groups.totalBytes - tree.totalBytes)).toBeLessThan(100); // rounded stack by stack
    expect(groups.totalBytesDeviation! / deviation).toBeCloseTo(1, 3);
    expect(process.losses.filter(({ isByMode }) => isByMode !== true)).toEqual([]);
    const filtered = await ask<Tree>(recording, `/tree?measure=allocated&q=${encodeURIComponent("size >= 100")}`);
    expect(filtered.totalBytes).toBeLessThan(tree.totalBytes);
    expect(filtered.totalBytes).toBeGreaterThan(tree.totalBytes / 2);
  });
});

describe("changes and markers", () => {
  const modes = fileURLToPath(new URL("../../preload/build/amd64/test/programs/modes", import.meta.url));

  it("are events that readers see and ask about", async () => {
    const recording = await laboratory.record([modes, "switching"], { environment: { HEAPHOUND_MODE: "dormant" } });
    const process = await ask<ProcessDetail>(recording, "");
    expect(process.mode).toBe("dormant");
    expect(process.lossCount).toBe(0);
    expect(process.losses.map(({ kind, isByMode }) => [kind, isByMode])).toContainEqual(["unrecorded_free", true]);
    const timeline = await ask<Timeline>(recording, "/timeline?points=20");
    expect(timeline.modeChanges?.map(({ from, to, why }) => [from, to, why])).toEqual([
      ["dormant", "exact", "api"],
      ["exact", "sample", "api"],
      ["sample", "exact", "api"],
      ["exact", "dormant", "api"],
    ]);
    expect(timeline.markers?.map(({ number, label }) => [number, label])).toEqual([
      [7, "seven"],
      [8, ""],
    ]);
    const count = async (q: string): Promise<number> => {
      const view = `/tree?measure=allocated&q=${encodeURIComponent(q)}`;
      return (await ask<Tree>(recording, view)).totalCount;
    };
    expect(await count("size = 1002 and marker = 0")).toBe(10);
    expect(await count("size = 1004 and marker = 7")).toBe(10);
    expect(await count("size = 1004 and marker = 0")).toBe(0);
  });
});
