import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  parse,
  type Allocations,
  type Filter,
  type Groups,
  type Measure,
  type Timeline,
  type Tree,
} from "@heaphound/query";
import type { ProcessScope } from "@heaphound/query/server";
import { makeRecording } from "../test-support/recordings.js";
import { Reference } from "../test-support/reference.js";
import { startTestApi, type TestApi } from "../test-support/test-api.js";
import { readStackSums } from "./stack-sums.js";

const recording = makeRecording({
  process: String(0x5eed_0000_0000_0001n),
  seed: 42,
  allocations: 6000,
  stacks: 120,
  durationNs: 9_000_000_000,
  startedNs: 1_750_000_000_123_456_789n,
  isRunning: false,
  labels: {
    executable: "/srv/shop/cart-server",
    arguments: ["cart-server", "--verbose"],
    pid: 17,
    hostname: "cart-1",
    namespace: "shop",
    workload: "cart",
    pod: "cart-1",
    container: "app",
  },
});
const reference = new Reference(recording);
const scope: ProcessScope = {
  process: recording.process,
  startedNs: recording.startedNs,
  durationNs: reference.durationNs,
};

const QUESTIONS = [
  "",
  "size >= 1KiB",
  "size between 64B and 4KiB and not size = 100",
  "thread = 2",
  "kind = realloc or kind in (calloc, aligned)",
  "reallocated and thread != 1",
  "lifetime < 10ms",
  "lifetime >= 1s",
  "lifetime between 1us and 100ms",
  "not lifetime < 10ms",
  "leaked",
  "not leaked",
  "temporary or leaked",
  "alive at 40%",
  "alive at 3s and size > 50B",
  "freed > 50%",
  "not freed between 2s and 7s",
  "free_thread = 1 and not temporary",
  "thread = 2 and leaked",
  "thread in (1, 3) and lifetime > 100ms",
  "allocated between 1s and 25%",
  "allocated <= 2s or allocated > 80%",
  "id between 100 and 500",
  "address >= 0x7f0000010000",
  "stack in (0, 3, 14, 15)",
  "stack != 3",
  "depth > 8",
  "depth < 5",
  "not depth >= 5",
  'function ~ "json"',
  'function !~ "json"',
  'function ~ "^json_append$"',
  'function = "main" and size > 100B',
  'function ~ "json" and source ~ "parser"',
  'function ~ "json" and source ~ "cart.cc"',
  'function ~ "Cache" and function ~ "Cart"',
  'function ~ "opaque[+]0x" and library ~ "opaque"',
  'source !~ "malloc" and library ~ "libjson"',
  'not (function ~ "json" and source ~ "writer")',
  'function ~ "json" or leaked and source ~ "cart"',
  'pod = "cart-1" and size > 1KiB',
  'pod = "another"',
  'not running and name = "cart-server" and temporary',
];

const WINDOWS: readonly (readonly [number | undefined, number | undefined])[] = [
  [2_000_000_000, 6_543_210_987],
  [undefined, 4_000_000_000],
];

const MEASURES: readonly Measure[] = ["live", "allocated", "freed", "leaked", "temporary"];

function filterOf(question: string): Filter {
  const result = parse(question);
  if (!result.ok) throw new Error(`${question}: ${result.error.message}`);
  return result.filter;
}

/** What the rollup can answer too. */
function isAboutStacks(question: string): boolean {
  return !/size|thread|kind|realloc|lifetime|leaked|temporary|alive|freed|allocated|address|id /.test(question);
}

function expectedSums(
  question: string,
  measure: Measure,
  fromNs = -Infinity,
  toNs = Infinity,
): Map<number, [number, number]> {
  const filter = filterOf(question);
  const sums = new Map<number, [number, number]>();
  const end = measure === "live" ? Math.min(toNs, reference.durationNs) : toNs;
  for (let i = 0; i < reference.count; i++) {
    if (!reference.counts(measure, i, fromNs, end) || !reference.holds(filter, i)) continue;
    const [bytes, count] = sums.get(reference.stack(i)) ?? [0, 0];
    sums.set(reference.stack(i), [bytes + reference.size(i), count + 1]);
  }
  return sums;
}

let api: TestApi;
beforeAll(async () => {
  api = await startTestApi([recording]);
}, 120_000);
afterAll(() => api.stop());

describe("sums by stack equal those counted one by one", () => {
  const questions = QUESTIONS.flatMap((question) => MEASURES.map((measure) => [measure, question] as const));
  it.each(questions)("%s: %s", async (measure, question) => {
    for (const [from, to] of WINDOWS) {
      const expected = expectedSums(question, measure, measure === "live" ? undefined : from, to);
      for (const preferUsage of isAboutStacks(question) ? [false, true] : [false]) {
        const found = await foundSums(question, measure, [from, to], preferUsage);
        expect(found, `${from} to ${to}, usage: ${preferUsage}`).toEqual(expected);
      }
    }
  });
});

async function foundSums(
  question: string,
  measure: Measure,
  [from, to]: (typeof WINDOWS)[number],
  preferUsage: boolean,
): Promise<Map<number, [number, number]>> {
  const clock = (ns: number | undefined): bigint | undefined =>
    ns === undefined ? undefined : scope.startedNs + BigInt(ns);
  const window = { fromNs: measure === "live" ? undefined : clock(from), toNs: clock(to) };
  const sums = await readStackSums(api.database, { scope, measure, window, filter: filterOf(question), preferUsage });
  return new Map([...sums.stacks].map((stack, i) => [stack, [sums.bytes[i]!, sums.counts[i]!]]));
}

describe("groups", () => {
  it.each(["", "size >= 1KiB", "lifetime > 1ms", "thread = 2", 'function ~ "json"', "thread = 1 and not leaked"])(
    "have the statistics counted one by one: %s",
    async (q) => {
      for (const measure of MEASURES) {
        const groups = await api.json<Groups>("processes/latest/groups", {
          q,
          measure,
          from: "1s",
          to: "6s",
          limit: "1000",
          sort: "count",
        });
        const expected = expectedGroups(filterOf(q), measure, measure === "live" ? -Infinity : 1e9, 6e9);
        expect(groups.totalStacks).toBe(expected.size);
        expect(groups.groups).toHaveLength(expected.size);
        for (const group of groups.groups)
          expect(group, `${measure} ${group.stack}`).toMatchObject(expected.get(group.stack)!);
        const counts = groups.groups.map(({ count }) => count);
        expect(counts).toEqual(counts.toSorted((a, b) => b - a));
      }
    },
  );

  it("come in pages with the totals of all", async () => {
    const all = await api.json<Groups>("processes/latest/groups", { measure: "allocated", limit: "1000" });
    const page = await api.json<Groups>("processes/latest/groups", { measure: "allocated", limit: "5", offset: "5" });
    const beyond = await api.json<Groups>("processes/latest/groups", {
      measure: "allocated",
      limit: "5",
      offset: "5000",
    });
    expect(page.groups.map(({ stack }) => stack)).toEqual(all.groups.slice(5, 10).map(({ stack }) => stack));
    expect([page.totalBytes, beyond.totalBytes, beyond.groups.length]).toEqual([all.totalBytes, all.totalBytes, 0]);
  });

  it("show frames innermost first, inlined functions before what they are inlined into", async () => {
    const { groups } = await api.json<Groups>("processes/latest/groups", {
      q: 'function ~ "^json_append$"',
      measure: "allocated",
      limit: "1",
    });
    const names = groups[0]!.frames.map((frame) => frame.function);
    const at = names.indexOf("json_append");
    expect(names[at + 1]).toBe("json_parse_value");
    expect(groups[0]!.frames[at]).toMatchObject({ inlined: true, module: "libjson.so.3", file: "/src/json/parser.c" });
    expect(groups[0]!.frames[at + 1]!.inlined).toBe(false);
    expect(["__libc_start_main", "clone3"]).toContain(names.at(-1));
  });

  it("lists leaks, the worst first", async () => {
    const leaks = await api.json<Groups>("processes/latest/leaks", { limit: "1000" });
    const expected = [...expectedSums("", "leaked").values()].map(([bytes]) => bytes).sort((a, b) => b - a);
    expect(leaks.groups.map(({ leakedBytes }) => leakedBytes)).toEqual(expected);
    expect(leaks.sentence).toMatch(/^[\d.]+ [KMG]?i?B allocated and never freed in cart-1, /);
  });
});

function expectedGroups(filter: Filter, measure: Measure, from: number, to: number): Map<number, object> {
  const stacks = new Map<number, number[]>();
  for (let i = 0; i < reference.count; i++) {
    if (!reference.holds(filter, i)) continue;
    const list = stacks.get(reference.stack(i)) ?? [];
    list.push(i);
    stacks.set(reference.stack(i), list);
  }
  const groups = new Map<number, object>();
  for (const [stack, all] of stacks) {
    const of = (what: Measure): number[] => all.filter((i) => reference.counts(what, i, from, to));
    const bytes = (list: number[]): number => list.reduce((sum, i) => sum + reference.size(i), 0);
    const matching = of(measure);
    if (matching.length === 0) continue;
    const [allocated, freed, leaked] = [of("allocated"), of("freed"), of("leaked")];
    const base = measure === "freed" ? freed : allocated;
    const times = base.map((i) => (measure === "freed" ? reference.freed(i) : reference.time(i)));
    const ended = base.filter((i) => reference.lifetime(i) !== Infinity);
    const lifetimes = ended.reduce((sum, i) => sum + reference.lifetime(i), 0);
    groups.set(stack, {
      bytes: bytes(matching),
      count: matching.length,
      allocatedBytes: bytes(allocated),
      allocations: allocated.length,
      freedBytes: bytes(freed),
      frees: freed.length,
      leakedBytes: bytes(leaked),
      leaked: leaked.length,
      temporaries: of("temporary").length,
      minSize: Math.min(...base.map((i) => reference.size(i))),
      maxSize: Math.max(...base.map((i) => reference.size(i))),
      firstNs: Math.min(...times),
      lastNs: Math.max(...times),
      meanLifetimeNs: ended.length === 0 ? null : (expect.closeTo(lifetimes / ended.length, 0) as unknown),
    });
  }
  return groups;
}

describe("tree", () => {
  it.each([
    ["live", "0"],
    ["allocated", "1"],
  ] as const)("%s, inverted %s: every path has what its allocations have", async (measure, invert) => {
    const tree = await api.json<Tree>("processes/latest/tree", { measure, invert, minShare: "0", at: "5s" });
    const expected = new Map<string, [number, number]>();
    for (let i = 0; i < reference.count; i++) {
      if (!reference.counts(measure, i, 0, measure === "live" ? 5e9 : Infinity)) continue;
      const names = reference.stack(i) === 0 ? ["[no stack]"] : reference.displayed(i).map((frame) => frame.function!);
      const path = (invert === "1" ? names : names.reverse()).join(";");
      const [bytes, count] = expected.get(path) ?? [0, 0];
      expected.set(path, [bytes + reference.size(i), count + 1]);
    }
    const paths: string[] = [];
    const found = new Map<string, [number, number]>();
    tree.parent.forEach((parent, node) => {
      const name = tree.strings[tree.name[node]!]!;
      paths[node] = parent <= 0 ? name : `${paths[parent]};${name}`;
      if (tree.selfCount[node]! > 0) found.set(paths[node], [tree.selfBytes[node]!, tree.selfCount[node]!]);
    });
    expect(new Map([...found].sort())).toEqual(new Map([...expected].sort()));
    expect(tree.pruned).toBe(0);
  });

  it("keeps all weight when it prunes", async () => {
    const all = await api.json<Tree>("processes/latest/tree", { measure: "allocated", minShare: "0" });
    const few = await api.json<Tree>("processes/latest/tree", { measure: "allocated", minShare: "0.05" });
    const limited = await api.json<Tree>("processes/latest/tree", { measure: "allocated", minShare: "0", limit: "20" });
    const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);
    for (const tree of [few, limited]) {
      expect(sum(tree.selfBytes) + sum(tree.smallBytes)).toBe(all.totalBytes);
      expect(sum(tree.selfCount) + sum(tree.smallCount)).toBe(all.totalCount);
      expect(tree.pruned).toBeGreaterThan(0);
      const parts = tree.selfBytes.map((self, node) => self + tree.smallBytes[node]!);
      tree.parent.forEach((parent, node) => {
        expect(parent).toBeLessThan(node);
        if (node > 0) parts[parent]! += tree.totalBytesOf[node]!;
      });
      expect(parts).toEqual(tree.totalBytesOf);
    }
    expect(Math.min(...few.totalBytesOf)).toBeGreaterThanOrEqual(all.totalBytes * 0.05);
    expect(limited.parent.length).toBeLessThanOrEqual(20);
    expect(limited.parent.length).toBeGreaterThan(10);
  });

  it("says in one sentence what it shows", async () => {
    const live = await api.json<Tree>("processes/latest/tree", { at: "5s", q: "size>=1KiB" });
    expect(live.sentence).toMatch(
      /^[\d.]+ (Ki|Mi)?B live at 5 s in cart-1, [\d\u202f]+ allocations by \d+ stacks, where size >= 1KiB$/,
    );
    const window = await api.json<Tree>("processes/latest/tree", { measure: "allocated", from: "1s", to: "50%" });
    expect(window.sentence).toContain("allocated between 1 s and 4.5 s in cart-1");
  });
});

describe("timeline", () => {
  it.each([
    ["", undefined, undefined],
    ["", "2s", "3s"],
    ["", "2345ms", "2400ms"],
    ["size > 1KiB", "1s", "8s"],
    ["lifetime > 10ms", undefined, "70%"],
    ["thread = 1", undefined, undefined],
  ])("of %j from %s to %s has what is live at each point", async (q, from, to) => {
    const timeline = await api.json<Timeline>("processes/latest/timeline", {
      q,
      points: "40",
      ...(from ? { from } : {}),
      ...(to ? { to } : {}),
    });
    const filter = filterOf(q);
    const matching = Array.from({ length: reference.count }, (_, i) => i).filter((i) => reference.holds(filter, i));
    let begin = timeline.fromNs - 1;
    timeline.timeNs.forEach((end, k) => {
      const live = matching.filter((i) => reference.counts("live", i, 0, end));
      expect(timeline.liveAllocations[k], `count at ${end}`).toBe(live.length);
      expect(timeline.liveBytes[k]).toBe(live.reduce((sum, i) => sum + reference.size(i), 0));
      const made = matching.filter((i) => reference.time(i) > begin && reference.time(i) <= end).length;
      const seconds = (end - Math.max(begin, timeline.fromNs)) / 1e9;
      expect(timeline.allocationsPerSecond[k]! * seconds).toBeCloseTo(made, 3);
      expect(timeline.peakLiveBytes[k]).toBeGreaterThanOrEqual(timeline.liveBytes[k]!);
      begin = end;
    });
  });

  it("from blocks ends where rows end, peaks where the sender saw it, and shows memory", async () => {
    const timeline = await api.json<Timeline>("processes/latest/timeline", { points: "5" });
    const last = recording.blocks.at(-1)!;
    expect(timeline.liveBytes.at(-1)).toBe(last.liveBytes);
    expect(Math.max(...timeline.peakLiveBytes)).toBe(
      Math.max(...recording.blocks.map(({ peakLiveBytes }) => peakLiveBytes)),
    );
    const perInterval = timeline.allocationsPerSecond.map(
      (rate, k) => (rate * (timeline.timeNs[k]! - (timeline.timeNs[k - 1] ?? 0))) / 1e9,
    );
    expect(perInterval.reduce((a, b) => a + b)).toBeCloseTo(reference.count, 3);
    expect(timeline.residentBytes.filter((value) => value !== null).length).toBeGreaterThan(3);
    expect(new Set(timeline.limitBytes.filter((value) => value !== null))).toEqual(new Set([268_435_456]));
  });
});

describe("allocations", () => {
  it.each([
    ["time", "asc", ""],
    ["time", "desc", "leaked"],
    ["size", "desc", "lifetime > 1ms"],
    ["size", "asc", "thread = 2"],
    ["lifetime", "desc", ""],
    ["lifetime", "asc", 'function ~ "json"'],
    ["address", "desc", "temporary"],
  ] as const)("by %s %s with %j come in pages without gap or double", async (sort, order, q) => {
    const filter = filterOf(q);
    const key = { time: "time", size: "size", lifetime: "lifetime", address: "id" }[sort] as "time";
    const value = (i: number): number => (sort === "address" ? i : reference[key](i));
    const sign = order === "asc" ? 1 : -1;
    const by = (a: number, b: number): number => (value(a) === value(b) ? a - b : value(a) < value(b) ? -1 : 1) * sign;
    const expected = Array.from({ length: reference.count }, (_, i) => i)
      .filter((i) => reference.holds(filter, i))
      .sort(by);
    const found: Allocations["rows"] = [];
    let after: string | null = "";
    while (after !== null) {
      const page: Allocations = await api.json("processes/latest/allocations", {
        q,
        sort,
        order,
        limit: "997",
        ...(after ? { after } : {}),
      });
      expect(page.total).toBe(expected.length);
      for (const row of page.rows) expect(page.stacks[row.stack], String(row.stack)).toBeDefined();
      found.push(...page.rows);
      after = page.next;
    }
    expect(found.map(({ id }) => Number(id) - 1)).toEqual(expected);
    for (const row of found) expect(row).toMatchObject(expectedRow(Number(row.id) - 1));
  });

  it("of a window are those allocated in it", async () => {
    const page = await api.json<Allocations>("processes/latest/allocations", { from: "3s", to: "4s", limit: "1" });
    const expected = Array.from({ length: reference.count }, (_, i) => i).filter((i) =>
      reference.counts("allocated", i, 3e9, 4e9),
    );
    expect(page.total).toBe(expected.length);
    expect(page.rows[0]).toMatchObject(expectedRow(expected[0]!));
  });
});

function expectedRow(i: number): object {
  const { events } = recording;
  const lifetime = reference.lifetime(i);
  const isFreed = lifetime !== Infinity;
  return {
    id: String(i + 1),
    timeNs: reference.time(i),
    lifetimeNs: isFreed ? lifetime : null,
    size: reference.size(i),
    stack: reference.stack(i),
    thread: events.thread[i],
    kind: ["malloc", "calloc", "realloc", "aligned"][events.kind[i]!],
    reallocOf: events.reallocOf[i] === 0 ? null : String(events.reallocOf[i]),
    freeThread: isFreed ? events.freeThread[i] : null,
  };
}
