import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AllocationRow, Frame, ProcessSummary } from "@heaphound/query";
import { eventually } from "@heaphound/service-kit/testing";
import { makeRecording } from "../test-support/recordings.js";
import { compareSteps } from "../test-support/recording.js";
import { Reference } from "../test-support/reference.js";
import { startTestApi, type TestApi } from "../test-support/test-api.js";
import { readHeaptrack } from "../test-support/read-heaptrack.js";

const run = promisify(execFile);

const recording = makeRecording({
  process: String(0x5eed_0000_0000_0002n),
  seed: 7,
  allocations: 20_000,
  stacks: 150,
  durationNs: 8_000_000_000,
  startedNs: 1_750_000_000_000_000_000n,
  isRunning: false,
  labels: {
    executable: "/srv/shop/cart server",
    arguments: ["cart server", "--a\nb"],
    pid: 17,
    hostname: "cart-1",
    namespace: "shop",
    workload: "cart",
    pod: "cart-1",
    container: "app",
  },
});
const reference = new Reference(recording);
const all = Array.from({ length: reference.count }, (_, i) => i);

let api: TestApi;
let dir: string;
beforeAll(async () => {
  api = await startTestApi([recording]);
  dir = await mkdtemp(join(tmpdir(), "heaphound-exports-"));
}, 120_000);
afterAll(async () => {
  await api.stop();
  await rm(dir, { recursive: true, force: true });
});

async function download(format: string, query: Record<string, string> = {}): Promise<{ name: string; bytes: Buffer }> {
  const response = await api.get(`processes/latest/export/${format}`, query);
  if (response.status !== 200) throw new Error(await response.text());
  const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? "";
  return { name, bytes: Buffer.from(await response.arrayBuffer()) };
}

async function saved(format: string, query: Record<string, string> = {}): Promise<string> {
  const { name, bytes } = await download(format, query);
  const path = join(dir, name);
  await writeFile(path, bytes);
  return path;
}

/** Events in the order that files have. */
function orderedEvents(ids: readonly number[]): { i: number; isFree: boolean; timeNs: number }[] {
  const events = ids.flatMap((i) => {
    const born = { i, isFree: false, timeNs: reference.time(i) };
    return reference.freed(i) === Infinity ? [born] : [born, { i, isFree: true, timeNs: reference.freed(i) }];
  });
  return events.sort((a, b) => compareSteps(recording.events, a, b));
}

describe("heaptrack", () => {
  it("is read by heaptrack_print with the totals of the recording", async () => {
    const path = await saved("heaptrack");
    expect(path).toMatch(/heaptrack\.cart_server\.17\.zst$/);
    const { stdout } = await run("heaptrack_print", ["-f", path, "-p", "0", "-a", "0", "-T", "0", "-l", "0"]);
    const leaked = all.filter((i) => reference.freed(i) === Infinity).reduce((sum, i) => sum + reference.size(i), 0);
    const peak = Math.max(...recording.blocks.map(({ peakLiveBytes }) => peakLiveBytes));
    expect(stdout).toContain(`calls to allocation functions: ${reference.count} `);
    expect(stdout).toContain(`total memory leaked: ${decimal(leaked)}`);
    expect(stdout).toContain(`peak heap memory consumption: ${decimal(peak)}`);
    expect(stdout).toContain("total runtime: 8.00");
    expect(stdout).toContain("Debuggee command was: shop/cart-1/app[17]: cart server --a b");
  });

  it.each(["zstd", "gzip", "none"])("holds every event in order (%s)", async (compression) => {
    const { name, bytes } = await download("heaptrack", { compression });
    const text = { zstd: zstdDecompressSync, gzip: gunzipSync, none: (raw: Buffer) => raw }[compression]!(
      bytes,
    ).toString();
    expect(name).toBe(`heaptrack.cart_server.17${{ zstd: ".zst", gzip: ".gz", none: "" }[compression]!}`);
    const file = readHeaptrack(text);
    expect(file.problems).toEqual([]);
    const expected = orderedEvents(all).map(({ i, isFree }) => `${isFree ? "-" : "+"}${reference.size(i)}`);
    expect(file.events.map(({ isFree, size }) => `${isFree ? "-" : "+"}${size}`)).toEqual(expected);
  });

  it("is the same when it is read in many slices", async () => {
    const url = await api.another({ HEAPHOUND_API_EXPORT_SLICE: "3000" });
    for (const query of [
      "heaptrack?compression=none",
      "heaptrack?compression=none&q=lifetime>1ms",
      "json?q=thread!=2",
    ]) {
      const [whole, sliced] = await Promise.all(
        [api.url, url].map(async (base) => (await fetch(`${base}/api/v1/processes/latest/export/${query}`)).text()),
      );
      expect(sliced === whole, query).toBe(true);
      expect(whole!.length).toBeGreaterThan(100_000);
    }
  });

  it("names functions, inlined ones too, from the innermost to the outermost", async () => {
    const { bytes } = await download("heaptrack", { compression: "none" });
    const file = readHeaptrack(bytes.toString());
    const births = orderedEvents(all).filter(({ isFree }) => !isFree);
    const traces = file.events.filter(({ isFree }) => !isFree).map(({ trace }) => trace.join(";"));
    const expected = births.map(({ i }) =>
      reference.stack(i) === 0
        ? "[no stack]"
        : reference
            .displayed(i)
            .map((frame) => frame.function)
            .join(";"),
    );
    expect(traces).toEqual(expected);
  });

  it("counts temporary allocations as the order of events has them", async () => {
    const { bytes } = await download("heaptrack", { compression: "none" });
    const events = orderedEvents(all);
    const same = (a: number, b: number): boolean =>
      reference.size(a) === reference.size(b) && reference.stack(a) === reference.stack(b);
    const temporary = events.filter(
      ({ i, isFree }, at) => isFree && at > 0 && !events[at - 1]!.isFree && same(events[at - 1]!.i, i),
    ).length;
    // Index 0 is miscounted by readers; the first allocation has it alone, which leaves one case at most.
    expect(readHeaptrack(bytes.toString()).temporary - temporary).toBeOneOf([0, 1]);
  });

  it.each(["size >= 1KiB", "thread = 2", "lifetime > 1s", 'function ~ "json" and leaked'])(
    "exports only what %s asks for",
    async (q) => {
      const { bytes } = await download("heaptrack", { compression: "none", q });
      const page = await api.json<{ total: number }>("processes/latest/allocations", { q, limit: "1" });
      const file = readHeaptrack(bytes.toString());
      expect(file.problems).toEqual([]);
      expect(file.events.filter(({ isFree }) => !isFree)).toHaveLength(page.total);
      expect(page.total).toBeGreaterThan(0);
    },
  );

  it("takes a window by the time of allocation and keeps the deallocations", async () => {
    const { bytes } = await download("heaptrack", { compression: "none", from: "2s", to: "3s" });
    const ids = all.filter((i) => reference.counts("allocated", i, 2e9, 3e9));
    expect(readHeaptrack(bytes.toString()).events).toHaveLength(orderedEvents(ids).length);
  });
});

describe("json", () => {
  it("holds every allocation with its stack", async () => {
    const { bytes } = await download("json");
    const file = JSON.parse(bytes.toString()) as {
      process: ProcessSummary;
      stacks: Record<string, Frame[]>;
      allocations: AllocationRow[];
    };
    expect(file.process.allocations).toBe(reference.count);
    expect(file.allocations).toHaveLength(reference.count);
    for (const row of file.allocations) {
      const i = Number(row.id) - 1;
      const lifetime = reference.lifetime(i);
      const expected = {
        timeNs: reference.time(i),
        size: reference.size(i),
        stack: reference.stack(i),
        lifetimeNs: lifetime === Infinity ? null : lifetime,
      };
      expect(row).toMatchObject(expected);
      expect(file.stacks[row.stack], row.id).toBeDefined();
    }
  });
});

const hasGo = spawnSync("go", ["version"]).status === 0;

describe("pprof", () => {
  it.skipIf(!hasGo)("is read by go tool pprof with the totals of the recording (needs go)", async () => {
    const path = await saved("pprof");
    const totals = async (type: string): Promise<string> =>
      (await run("go", ["tool", "pprof", "-raw", `-sample_index=${type}`, path])).stdout;
    const raw = await totals("inuse_space");
    const sums = [0, 0, 0, 0];
    for (const [, figures] of raw.matchAll(/^((?:\s+\d+){4}):/gm)) {
      figures!
        .trim()
        .split(/\s+/)
        .forEach((figure, index) => (sums[index]! += Number(figure)));
    }
    const live = all.filter((i) => reference.freed(i) === Infinity);
    const bytes = (ids: readonly number[]): number => ids.reduce((sum, i) => sum + reference.size(i), 0);
    expect(sums).toEqual([reference.count, bytes(all), live.length, bytes(live)]);
    expect(raw).toContain("a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1");
    expect(raw).toContain("json_parse_value");
  });
});

describe("folded stacks and drawing", () => {
  it("folded lines add up to the measure", async () => {
    const { bytes } = await download("folded", { measure: "allocated", weight: "count" });
    const lines = bytes.toString().trimEnd().split("\n");
    const sum = lines.reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
    expect(sum).toBe(reference.count);
    expect(new Set(lines.map((line) => line.slice(0, line.lastIndexOf(" ")))).size).toBe(lines.length);
    expect(lines.some((line) => line.startsWith("clone3;start_thread;run_event_loop;"))).toBe(true);
  });

  it("the drawing is well-formed and escapes names", async () => {
    const { name, bytes } = await download("svg", { measure: "allocated" });
    const text = bytes.toString();
    expect(name).toBe("heaphound.cart_server.17.svg");
    expect(text).toContain("std::vector&lt;Entry&gt;::emplace_back");
    await writeFile(join(dir, name), bytes);
    const check = "import sys, xml.dom.minidom as d; print(len(d.parse(sys.argv[1]).getElementsByTagName('rect')))";
    const { stdout } = await run("python3", ["-c", check, join(dir, name)]);
    expect(Number(stdout)).toBeGreaterThan(50);
  });
});

describe("streaming", () => {
  it("ends its queries when the client leaves", async () => {
    const controller = new AbortController();
    const response = await fetch(`${api.url}/api/v1/processes/latest/export/json`, { signal: controller.signal });
    const reader = response.body!.getReader();
    await reader.read();
    controller.abort();
    await reader.read().catch(() => undefined);
    const query =
      "SELECT count() AS running FROM system.processes WHERE query LIKE '%late_frees%' AND query NOT LIKE '%system.processes%'";
    await eventually(async () => {
      const result = await api.client.query({ query, format: "JSONEachRow" });
      const [row] = await result.json<{ running: string }>();
      return Number(row?.running) === 0;
    });
  });

  it("says which formats there are", async () => {
    const response = await api.get("processes/latest/export/excel");
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: { code: "unknown_format", advice: expect.stringContaining("heaptrack") as unknown },
    });
  });
});

/** As heaptrack_print writes sizes. */
function decimal(bytes: number): string {
  const units = ["B", "K", "M", "G"];
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < units.length - 1; unit++) value /= 1000;
  return `${value.toFixed(2)}${units[unit]}`;
}
