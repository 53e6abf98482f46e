import { create, toBinary } from "@bufbuild/protobuf";
import { zstdCompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Allocator_Hooking, MappingListSchema, MemoryCall_Kind } from "@heaphound/wire";
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

const MAPPINGS = [
  { start: 0x55d0_0000_0000n, size: 0x1000n, permissions: "r-xp", name: "/bin/app", offset: 0x2000n },
  { start: 0x7f00_0000_0000n, size: 0x80_0000n, permissions: "rw-p", residentBytes: 3_145_728n, swapBytes: 4096n },
];

describe("memory beside allocations", () => {
  it("is stored with its times and stacks", async () => {
    const process = new TestProcess(0xfeedn);
    const stack = process.dictionary.stack([0x1234n, 0x401010n]);
    const list = toBinary(MappingListSchema, create(MappingListSchema, { mappings: MAPPINGS }));
    process.addBlock([], {
      memoryCalls: [
        {
          kind: MemoryCall_Kind.MMAP,
          ticks: 10n,
          tid: 100,
          stack,
          address: 0xffff_8000_0000_0000n,
          size: 8n,
          protection: 3,
          flags: 34,
        },
        { kind: MemoryCall_Kind.MALLOPT, ticks: 20n, tid: 100, parameter: -3, value: 7, result: 1 },
      ],
      maps: { ticks: 30n, costNs: 5n, mappingCount: 2, mappings: zstdCompressSync(list), mappingsSize: list.length },
      memory: { ticks: 40n, residentBytes: 9n, anonymousBytes: 5n, fileBytes: 4n, cgroupOomKills: 2n },
      totals: { liveBytes: 3n },
      allocators: [
        { number: 1, name: "jemalloc", module: "/bin/app", prefix: "_rjem_", hooking: Allocator_Hooking.PATCHED },
      ],
      allocatorSamples: [{ ticks: 50n, allocator: 1, inUseBytes: 77n }],
    });
    await process.run(new IngestClient(ingester.url));

    const rows = (columns: string, table: string): Promise<unknown[]> =>
      database.rows(`SELECT ${columns} FROM ${table} FINAL WHERE process = 65261 ORDER BY ALL`);
    expect(
      await rows("time_ns, kind, tid, stack, hex(address) AS a, size, protection, parameter, value", "memory_calls"),
    ).toEqual([
      {
        time_ns: at(10),
        kind: "mmap",
        tid: 100,
        stack,
        a: "FFFF800000000000",
        size: "8",
        protection: 3,
        parameter: 0,
        value: 0,
      },
      {
        time_ns: at(20),
        kind: "mallopt",
        tid: 100,
        stack: 0,
        a: "00",
        size: "0",
        protection: 0,
        parameter: -3,
        value: 7,
      },
    ]);
    expect(await rows("time_ns, start, size, permissions, name, resident_bytes, swap_bytes", "mappings")).toEqual(
      MAPPINGS.map(({ start, size, permissions, name = "", residentBytes = 0n, swapBytes = 0n }) => ({
        time_ns: at(30),
        start: String(start),
        size: String(size),
        permissions,
        name,
        resident_bytes: String(residentBytes),
        swap_bytes: String(swapBytes),
      })),
    );
    expect(await rows("time_ns, resident_bytes, file_bytes, live_bytes, cgroup_oom_kills", "memory_samples")).toEqual([
      { time_ns: at(40), resident_bytes: "9", file_bytes: "4", live_bytes: "3", cgroup_oom_kills: "2" },
    ]);
    expect(await rows("number, name, module, prefix, hooking", "allocators")).toEqual([
      { number: 1, name: "jemalloc", module: "/bin/app", prefix: "_rjem_", hooking: "patched" },
    ]);
    expect(await rows("allocator, time_ns, in_use_bytes", "allocator_samples")).toEqual([
      { allocator: 1, time_ns: at(50), in_use_bytes: "77" },
    ]);
  });

  it("is rejected when a call names a stack that nobody defined", async () => {
    const process = new TestProcess(0xbadn);
    process.addBlock([], { memoryCalls: [{ kind: MemoryCall_Kind.MMAP, stack: 5 }] });
    const client = new IngestClient(ingester.url);
    await process.open(client);
    await client.send(process.blocks[0]!);
    expect((await client.ended).details).toContain("unknown_stack");
  });
});
