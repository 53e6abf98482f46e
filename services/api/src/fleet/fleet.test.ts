import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ApiError, FleetEvents, FleetGroup, FleetGroups, FleetTimeline, FleetValues } from "@heaphound/query";
import { makeRecording } from "../test-support/recordings.js";
import { startTestApi, type TestApi } from "../test-support/test-api.js";
import { parseClock } from "./time-range.js";

const SECOND = 1_000_000_000n;
const START = 1_750_000_000n * SECOND;

interface Member {
  pod: string;
  workload: string;
  namespace: string;
  offsetSeconds: number;
  isRunning: boolean;
}

/** Two replicas of cart that run, one that ended, a job of another namespace, and a program outside of Kubernetes. */
const members: Member[] = [
  { namespace: "shop", workload: "cart", pod: "cart-0", offsetSeconds: 0, isRunning: true },
  { namespace: "shop", workload: "cart", pod: "cart-1", offsetSeconds: 7, isRunning: true },
  { namespace: "shop", workload: "cart", pod: "cart-1", offsetSeconds: 2, isRunning: false },
  { namespace: "bank", workload: "nightly", pod: "nightly-x", offsetSeconds: 3, isRunning: false },
  { namespace: "", workload: "", pod: "", offsetSeconds: 1, isRunning: true },
];

const recordings = members.map(({ namespace, workload, pod, offsetSeconds, isRunning }, index) =>
  makeRecording({
    process: String(0xf1ee_0000_0000_0000n + BigInt(index)),
    seed: 40 + index,
    allocations: 3000 * (index + 1),
    stacks: 20,
    durationNs: 12_000_000_000,
    startedNs: START + BigInt(offsetSeconds) * SECOND,
    isRunning,
    labels: {
      executable: `/srv/${workload || "tool"}`,
      arguments: [workload || "tool"],
      pid: 10 + index,
      hostname: pod || "workstation",
      namespace,
      workload,
      pod,
      container: pod === "" ? "" : "app",
    },
  }),
);

const RANGE = { from: String(START - SECOND), to: String(START + 30n * SECOND) };
const LIMIT = 268_435_456;

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi(recordings);
  await api.client.insert({ table: "processes", values: [await killedRow()], format: "JSONEachRow" });
  await api.client.insert({ table: "memory_samples", values: oomSamples(), format: "JSONEachRow" });
}, 120_000);
afterAll(() => api.stop());

/** A later row of the job: it was killed. */
async function killedRow(): Promise<object> {
  const found = await api.client.query({
    query: `SELECT * REPLACE (toString(process) AS process, 'killed' AS end_reason, toString(updated_ns + 1) AS updated_ns,
            toString(started_ns) AS started_ns, toString(ended_ns) AS ended_ns, toString(last_seen_ns) AS last_seen_ns) FROM processes FINAL WHERE pod = 'nightly-x'`,
    format: "JSONEachRow",
  });
  const [row] = await found.json<object>();
  return row!;
}

function oomSamples(): object[] {
  const at = (seconds: bigint, kills: number): object => ({
    process: recordings[0]!.process,
    time_ns: String(START + seconds * SECOND),
    block: 1,
    cgroup_limit_bytes: LIMIT,
    cgroup_oom_kills: kills,
  });
  return [at(1n, 2), at(2n, 2), at(5n, 3), at(6n, 3)];
}

/** What a recording's blocks say at a point of the clock. */
function liveAt(index: number, clockNs: bigint): number {
  const { startedNs, blocks } = recordings[index]!;
  return blocks.filter(({ endNs }) => startedNs + BigInt(endNs) <= clockNs).at(-1)?.liveBytes ?? 0;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const finalLive = (index: number): number => recordings[index]!.blocks.at(-1)!.liveBytes;
const allocatedBytes = (index: number): number => sum(recordings[index]!.blocks.map((block) => block.allocatedBytes));

const groupsBy = (by: string, more: Record<string, string> = {}): Promise<FleetGroups> =>
  api.json<FleetGroups>("fleet/groups", { ...RANGE, by, ...more });

function named(groups: readonly FleetGroup[], label: "namespace" | "workload" | "pod", value: string): FleetGroup {
  return groups.find((group) => group[label] === value)!;
}

describe("groups", () => {
  it("stand as they stood before, in a range in which nobody said anything", async () => {
    const later = { by: "workload", from: String(START + 3_600n * SECOND), to: String(START + 3_660n * SECOND) };
    const { groups } = await api.json<FleetGroups>("fleet/groups", later);
    const cart = named(groups, "workload", "cart");
    expect(cart).toMatchObject({ running: 2, liveBytes: finalLive(0) + finalLive(1), allocatedBytesPerSecond: 0 });
    const timeline = await api.json<FleetTimeline>("fleet/timeline", { ...later, points: "10" });
    const series = timeline.series.find(({ workload }) => workload === "cart")!;
    expect(new Set(series.liveBytes)).toEqual(new Set([finalLive(0) + finalLive(1)]));
  });

  it("add up what the newest blocks of running processes say", async () => {
    const { groups, total } = await groupsBy("workload");
    expect(total).toBe(3);
    const cart = named(groups, "workload", "cart");
    expect(cart).toMatchObject({ namespace: "shop", pod: "", processes: 3, running: 2, pods: 2 });
    expect(cart.liveBytes).toBe(finalLive(0) + finalLive(1));
    expect(cart.allocatedBytesPerSecond).toBeCloseTo(
      (allocatedBytes(0) + allocatedBytes(1) + allocatedBytes(2)) / 31,
      3,
    );
    expect(cart.peakLiveBytes).toBe(
      sum([0, 1, 2].map((index) => Math.max(...recordings[index]!.blocks.map((block) => block.peakLiveBytes)))),
    );
    expect(named(groups, "workload", "nightly")).toMatchObject({
      processes: 1,
      running: 0,
      liveBytes: 0,
      limitBytes: null,
    });
  });

  it("count the limit of a container once, and all containers of a group", async () => {
    const { groups } = await groupsBy("pod");
    expect(groups.map(({ pod }) => pod).sort()).toEqual(["", "cart-0", "cart-1", "nightly-x"]);
    expect(named(groups, "pod", "cart-1").limitBytes).toBe(LIMIT);
    expect(named((await groupsBy("namespace")).groups, "namespace", "shop").limitBytes).toBe(2 * LIMIT);
  });

  it("are ordered by what was asked for", async () => {
    for (const sort of ["live", "rate", "growth", "losses", "processes"]) {
      const { groups } = await groupsBy("process", { sort });
      const figure = (group: FleetGroup): number =>
        ({
          live: group.liveBytes,
          rate: group.allocatedBytesPerSecond,
          growth: group.growthBytesPerSecond,
          losses: group.lossCount,
          processes: group.processes,
        })[sort]!;
      const figures = groups.map(figure);
      expect(figures).toEqual([...figures].sort((a, b) => b - a));
      expect(new Set(groups.map(({ process }) => process)).size).toBe(5);
    }
  });

  it("grow as fast as a straight line through their blocks", async () => {
    const { groups } = await groupsBy("process", { q: 'pod = "cart-0"' });
    const { startedNs, blocks } = recordings[0]!;
    const x = blocks.map(({ endNs }) => Number(startedNs - START + BigInt(endNs)) / 1e9);
    const y = blocks.map(({ liveBytes }) => liveBytes);
    const [meanX, meanY] = [sum(x) / x.length, sum(y) / y.length];
    const slope = sum(x.map((each, i) => (each - meanX) * (y[i]! - meanY))) / sum(x.map((each) => (each - meanX) ** 2));
    expect(blocks.length).toBeGreaterThan(3);
    expect(groups[0]!.growthBytesPerSecond / slope).toBeCloseTo(1, 6);
  });

  it("say in one sentence what they are", async () => {
    const { sentence } = await groupsBy("workload", { q: 'namespace = "shop"' });
    expect(sentence).toContain('in 2 running of 3 recorded processes, in 1 workload, where namespace = "shop"');
  });

  it("can be one for everything, also when there is nothing", async () => {
    expect((await groupsBy("all")).groups[0]).toMatchObject({ processes: 5, running: 3, limitBytes: 3 * LIMIT });
    expect((await groupsBy("all", { q: 'pod = "nobody"' })).groups).toMatchObject([{ processes: 0, liveBytes: 0 }]);
    expect((await groupsBy("workload", { q: 'pod = "nobody"' })).groups).toEqual([]);
  });
});

describe("timeline", () => {
  const timelineBy = (by: string, more: Record<string, string> = {}): Promise<FleetTimeline> =>
    api.json<FleetTimeline>("fleet/timeline", { ...RANGE, by, points: "31", ...more });

  it("says at each point what the newest block of each process said by then", async () => {
    const { timeUnixMs, series } = await timelineBy("process");
    expect(timeUnixMs).toHaveLength(31);
    for (const [index, { startedNs, process, isRunning, events }] of recordings.entries()) {
      const line = series.find((each) => each.process === BigInt(process).toString(16))!;
      const end = startedNs + BigInt(events.durationNs);
      const expected = timeUnixMs.map((ms) => {
        const clock = BigInt(ms) * 1_000_000n;
        return !isRunning && clock - SECOND >= end ? 0 : liveAt(index, clock);
      });
      expect(line.liveBytes).toEqual(expected);
      expect(Math.max(...line.liveBytes)).toBeGreaterThan(0);
      expect(sum(line.allocatedBytesPerSecond)).toBeCloseTo(allocatedBytes(index), 3);
    }
  });

  it("goes on from what was before the range", async () => {
    const from = START + 9n * SECOND;
    const { timeUnixMs, series } = await timelineBy("process", { from: String(from), q: 'pod = "cart-0"' });
    const clocks = timeUnixMs.map((ms) => BigInt(ms) * 1_000_000n);
    expect(series[0]!.liveBytes).toEqual(clocks.map((clock) => liveAt(0, clock)));
    expect(series[0]!.processes).toEqual(clocks.map(() => 1));
  });

  it("adds up to the same however it is cut", async () => {
    const total = (await timelineBy("all")).series[0]!;
    for (const by of ["namespace", "workload", "pod", "container", "process"]) {
      const { series, timeUnixMs } = await timelineBy(by, { limit: "2" });
      expect(series.filter(({ isRest }) => isRest)).toHaveLength(1);
      expect(series).toHaveLength(3);
      for (const figure of ["liveBytes", "processes", "residentBytes", "liveAllocations"] as const)
        expect(timeUnixMs.map((_, i) => sum(series.map((line) => line[figure][i]!)))).toEqual(total[figure]);
    }
  });

  it("keeps the resident memory between its samples", async () => {
    const { series } = await timelineBy("process", { q: 'pod = "cart-0"' });
    const from = series[0]!.residentBytes.findIndex((bytes) => bytes > 0);
    expect(from).toBeGreaterThanOrEqual(0);
    expect(series[0]!.residentBytes.slice(from).every((bytes) => bytes > 0)).toBe(true);
    expect(series[0]!.limitBytes).toBe(LIMIT);
  });
});

describe("values", () => {
  const values = async (field: string, q = ""): Promise<string[]> =>
    (await api.json<FleetValues>("fleet/values", { ...RANGE, field, q })).values;

  it("are those of processes of the range", async () => {
    expect(await values("namespace")).toEqual(["bank", "shop"]);
    expect(await values("pod", 'namespace = "shop"')).toEqual(["cart-0", "cart-1"]);
    expect(await values("name", "running")).toEqual(["cart", "tool"]);
    const before = await api.json<FleetValues>("fleet/values", {
      field: "pod",
      from: String(START - 10n * SECOND),
      to: String(START - SECOND),
    });
    expect(before.values).toEqual([]);
  });
});

describe("events", () => {
  it("are kills, with what the kernel counted since the sample before", async () => {
    const { events } = await api.json<FleetEvents>("fleet/events", RANGE);
    expect(events.map(({ kind, pod, text }) => ({ kind, pod, text }))).toEqual([
      { kind: "end", pod: "nightly-x", text: "nightly was killed (SIGKILL, or out of memory)" },
      {
        kind: "oom",
        pod: "cart-0",
        text: "the kernel killed 1 in the container of cart: out of memory (limit 256 MiB)",
      },
    ]);
    expect(events[1]!.timeUnixMs).toBe(Number((START + 5n * SECOND) / 1_000_000n));
    const ends = await api.json<FleetEvents>("fleet/events", { ...RANGE, kind: "mode" });
    expect(ends.events).toEqual([]);
  });
});

describe("the range", () => {
  it.each([
    ["1h", START - 3600n * SECOND],
    ["1m30s", START - 90n * SECOND],
    ["2025-06-15T15:06:40Z", START],
    [String(START), START],
    ["yesterday", undefined],
    ["12", START - 12n],
  ])("understands %s", (text, expected) => expect(parseClock(text, START)).toBe(expected));

  it.each([
    [{ from: "yesterday" }, "from"],
    [{ from: RANGE.to, to: RANGE.from }, "before"],
    [{ by: "planet" }, "by"],
    [{ q: "size > 1KiB" }, "allocations"],
  ])("refuses %j with advice", async (query, word) => {
    const response = await api.get("fleet/groups", query);
    const { error } = (await response.json()) as ApiError;
    expect(response.status).toBe(400);
    expect(error.message + error.advice).toContain(word);
  });
});
