import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@heaphound/service-kit/testing";
import { Loss_Kind, Mode, type WireEvent } from "@heaphound/wire";
import { buildIdOf, frameId } from "./decode/frames.js";
import { TestDatabase } from "./test-support/database.js";
import { IngestClient } from "./test-support/ingest-client.js";
import { startIngester, type IngesterProcess } from "./test-support/ingester-process.js";
import { START_NS, TestProcess } from "./test-support/test-process.js";

let database: TestDatabase;
let ingester: IngesterProcess;

beforeAll(async () => {
  database = await TestDatabase.start();
  ingester = await startIngester(database.url);
});

afterAll(async () => {
  expect(await ingester.stop()).toBe(0);
  await database.stop();
});

const at = (ticks: number): string => (START_NS + BigInt(ticks) * 100n).toString();

/** Two modules at the same addresses, one after the other, and one without a build id. */
const APP = {
  number: 1,
  path: "/bin/app",
  buildId: Uint8Array.of(0xab, 0xcd),
  loadBias: 0x400000n,
  executableRanges: [{ start: 0x401000n, size: 0x1000n }],
  firstNode: 1,
  fileSize: 12345n,
};
const PLUGIN = { ...APP, number: 2, path: "/lib/plugin.so", buildId: Uint8Array.of(), loadBias: 0x7f00_0000_0000n };
PLUGIN.executableRanges = [{ start: 0x7f00_0000_1000n, size: 0x1000n }];

describe("the ingester", () => {
  it("stores exactly the rows of what was sent", async () => {
    const process = new TestProcess(0xfedc_ba98_7654_3210n, {
      pid: 42,
      parentPid: 7,
      executable: "/bin/app",
      arguments: [Buffer.from("app"), Buffer.from("--naïve")],
      hostname: "host-1",
      architecture: "amd64",
      libc: "glibc 2.36",
      pageSize: 4096,
      mode: Mode.EXACT,
      allocator: "libc.so.6",
      freeStacks: true,
    });
    const main = process.dictionary.stack([0x401010n]);
    const leaf = process.dictionary.stack([0x7f00_0000_1020n, 0x401010n]);
    const cut = process.dictionary.stack([0x7f00_0000_1020n, 1n]);
    const unknown = process.dictionary.stack([0x1234n, 0x401010n]);
    const first: WireEvent[] = [
      { type: "allocation", ticks: 10, thread: 1, stack: main, sizeBytes: 100, key: 0x1000 },
      {
        type: "allocation",
        ticks: 20,
        thread: 2,
        stack: leaf,
        sizeBytes: 70_000,
        key: 2 ** 44,
        kind: { type: "calloc" },
      },
      { type: "free", ticks: 30, thread: 2, allocation: 1, freeStack: leaf },
      {
        type: "allocation",
        ticks: 40,
        thread: 1,
        stack: 0,
        sizeBytes: 100,
        key: 0x1000,
        kind: { type: "realloc", replaced: 1 },
      },
    ];
    process.addBlock(first, {
      define: {
        modules: [APP, PLUGIN],
        threads: [
          { index: 1, tid: 100, name: "main" },
          { index: 2, tid: 101, name: "worker" },
        ],
      },
      totals: {
        liveBytes: 70_100n,
        liveAllocations: 2n,
        peakLiveBytes: 70_100n,
        peakTicks: 20n,
        allocatedBytes: 70_200n,
        freedBytes: 100n,
      },
      losses: [
        { kind: Loss_Kind.RING_FULL, count: 2n, bytes: 10n },
        { kind: Loss_Kind.RING_FULL, count: 1n, bytes: 5n },
      ],
      memory: { ticks: 35n, residentBytes: 4096n, anonymousBytes: 1024n },
    });
    const second: WireEvent[] = [
      {
        type: "allocation",
        ticks: 5,
        thread: 1,
        stack: cut,
        sizeBytes: 0,
        key: 0x2000,
        kind: { type: "aligned", alignmentLog2: 6 },
      },
      {
        type: "free",
        ticks: 20_000_000,
        thread: 1,
        allocation: 2,
        late: { ticks: 20 - 1_000, sizeBytes: 70_000, stack: leaf },
        freeStack: unknown,
      },
    ];
    process.addBlock(second, { baseTicks: 1_000, totals: { allocatedBytes: 0n, freedBytes: 70_000n } });
    await process.run(new IngestClient(ingester.url));

    const where = "WHERE process = 0xfedcba9876543210";
    expect(await database.rows(`SELECT * EXCEPT (process, block) FROM allocations ${where} ORDER BY id`)).toEqual([
      {
        id: "1",
        time_ns: at(10),
        lifetime_ns: "2000",
        freed: 1,
        address: String(0x8000),
        size: "100",
        stack: main,
        thread: 1,
        kind: 0,
        realloc_of: "0",
        free_thread: 2,
        free_stack: leaf,
        sample_bytes: "0",
      },
      {
        id: "2",
        time_ns: at(20),
        lifetime_ns: "0",
        freed: 0,
        address: String(2 ** 47),
        size: "70000",
        stack: leaf,
        thread: 2,
        kind: 1,
        realloc_of: "0",
        free_thread: 0,
        free_stack: 0,
        sample_bytes: "0",
      },
      {
        id: "3",
        time_ns: at(40),
        lifetime_ns: "0",
        freed: 0,
        address: String(0x8000),
        size: "100",
        stack: 0,
        thread: 1,
        kind: 2,
        realloc_of: "1",
        free_thread: 0,
        free_stack: 0,
        sample_bytes: "0",
      },
      {
        id: "4",
        time_ns: at(1005),
        lifetime_ns: "0",
        freed: 0,
        address: String(0x10000),
        size: "0",
        stack: cut,
        thread: 1,
        kind: 3,
        realloc_of: "0",
        free_thread: 0,
        free_stack: 0,
        sample_bytes: "0",
      },
    ]);
    expect(await database.rows(`SELECT * EXCEPT process FROM late_frees ${where}`)).toEqual([
      {
        id: "2",
        block: 2,
        time_ns: at(20_001_000),
        lifetime_ns: String((20_001_000 - 20) * 100),
        size: "70000",
        stack: leaf,
        free_thread: 1,
        free_stack: unknown,
        sample_bytes: "0",
      },
    ]);
    expect(
      await database.rows(
        `SELECT block, start_ns, end_ns, allocations, frees, allocated_bytes, freed_bytes, live_bytes, live_allocations, peak_live_bytes, peak_ns, first_allocation, resident_bytes, sampled_ns FROM blocks ${where} ORDER BY block`,
      ),
    ).toEqual([
      {
        block: 1,
        start_ns: at(10),
        end_ns: at(40),
        allocations: 3,
        frees: 1,
        allocated_bytes: "70200",
        freed_bytes: "100",
        live_bytes: "70100",
        live_allocations: "2",
        peak_live_bytes: "70100",
        peak_ns: at(20),
        first_allocation: "1",
        resident_bytes: "4096",
        sampled_ns: at(35),
      },
      {
        block: 2,
        start_ns: at(1005),
        end_ns: at(20_001_000),
        allocations: 1,
        frees: 1,
        allocated_bytes: "0",
        freed_bytes: "70000",
        live_bytes: "0",
        live_allocations: "0",
        peak_live_bytes: "0",
        peak_ns: at(1005),
        first_allocation: "4",
        resident_bytes: "0",
        sampled_ns: "0",
      },
    ]);
    expect(await database.rows(`SELECT kind, count, bytes, block FROM losses ${where}`)).toEqual([
      { kind: "ring_full", count: "3", bytes: "15", block: 1 },
    ]);
    const metrics = async (): Promise<string> => (await fetch(`${ingester.httpUrl}/metrics`)).text();
    expect(await metrics()).toMatch(/^heaphound_ingester_losses_total\{kind="ring_full",[^}]*\} 3$/m);
    await eventually(async () => /^heaphound_ingester_waiting_rows\{[^}]*\} 0$/m.test(await metrics()));
    expect(await database.rows(`SELECT thread, tid, name FROM threads ${where} ORDER BY thread`)).toEqual([
      { thread: 1, tid: 100, name: "main" },
      { thread: 2, tid: 101, name: "worker" },
    ]);
    expect(
      await database.rows(
        `SELECT number, build_id, path, start, end, first_node FROM modules ${where} ORDER BY number`,
      ),
    ).toEqual([
      { number: 1, build_id: "abcd", path: "/bin/app", start: String(0x401000), end: String(0x402000), first_node: 1 },
      {
        number: 2,
        build_id: "path:/lib/plugin.so",
        path: "/lib/plugin.so",
        start: String(0x7f00_0000_1000),
        end: String(0x7f00_0000_2000),
        first_node: 1,
      },
    ]);
    const frames = {
      app: frameId("abcd", 0x1010n),
      plugin: frameId(buildIdOf(PLUGIN), 0x1020n),
      unknown: frameId("", 0x1234n),
    };
    expect(
      await database.rows(
        `SELECT ps.stack AS stack, ps.depth AS depth, s.frames AS frames FROM process_stacks AS ps INNER JOIN stacks AS s USING stack_id ${where} ORDER BY stack`,
      ),
    ).toEqual([
      { stack: main, depth: 1, frames: [String(frames.app)] },
      { stack: leaf, depth: 2, frames: [String(frames.plugin), String(frames.app)] },
      { stack: cut, depth: 2, frames: [String(frames.plugin), "1"] },
      { stack: unknown, depth: 2, frames: [String(frames.unknown), String(frames.app)] },
    ]);
    // Each stack's node, and from it upwards the same frames as in its array.
    expect(
      await database.rows(
        `SELECT stack, frame, caller FROM (SELECT stack, node FROM process_stacks ${where}) AS s
         INNER JOIN (SELECT node, parent, frame FROM process_nodes ${where}) AS n USING (node)
         LEFT JOIN (SELECT node AS parent, frame AS caller FROM process_nodes ${where}) AS c USING (parent)
         ORDER BY stack`,
      ),
    ).toEqual([
      { stack: main, frame: String(frames.app), caller: "0" },
      { stack: leaf, frame: String(frames.plugin), caller: String(frames.app) },
      { stack: cut, frame: String(frames.plugin), caller: "1" },
      { stack: unknown, frame: String(frames.unknown), caller: String(frames.app) },
    ]);
    expect(await database.rows(`SELECT frame, build_id, offset, module_path FROM frames ORDER BY offset`)).toEqual([
      { frame: String(frames.app), build_id: "abcd", offset: String(0x1010), module_path: "/bin/app" },
      {
        frame: String(frames.plugin),
        build_id: "path:/lib/plugin.so",
        offset: String(0x1020),
        module_path: "/lib/plugin.so",
      },
      { frame: String(frames.unknown), build_id: "", offset: String(0x1234), module_path: "" },
    ]);
    expect(
      await database.rows(
        `SELECT second, stack, sum(allocated_bytes) AS allocated, sum(freed_bytes) AS freed, sum(temporaries) AS temporaries FROM usage ${where} GROUP BY ALL ORDER BY second, stack`,
      ),
    ).toEqual([
      { second: 1_700_000_000, stack: 0, allocated: "100", freed: "0", temporaries: "0" },
      { second: 1_700_000_000, stack: main, allocated: "100", freed: "100", temporaries: "1" },
      { second: 1_700_000_000, stack: leaf, allocated: "70000", freed: "0", temporaries: "0" },
      { second: 1_700_000_000, stack: cut, allocated: "0", freed: "0", temporaries: "0" },
      { second: 1_700_000_002, stack: leaf, allocated: "0", freed: "70000", temporaries: "0" },
    ]);
    const [row] = await eventually(async () => {
      const rows = await database.rows<Record<string, unknown>>(
        `SELECT * FROM processes FINAL ${where} AND ended_ns != 0`,
      );
      return rows.length > 0 ? rows : null;
    });
    expect(row).toMatchObject({
      started_ns: START_NS.toString(),
      ended_ns: (START_NS + 60_000_000_000n).toString(),
      end_reason: "exit",
      pid: 42,
      arguments: ["app", "--naïve"],
      mode: "exact",
      free_stacks: true,
    });
  });
});
