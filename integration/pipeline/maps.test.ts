// A program that maps memory, through all parts: the view of its address space names the calls that it goes back to.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Maps } from "@heaphound/query";
import { formatProcessKey } from "@heaphound/service-kit";
import { Laboratory } from "../support/laboratory.js";
import { hasVariant, program, variants } from "../support/programs.js";

const MIB = 1 << 20;
let laboratory: Laboratory;

beforeAll(async () => {
  laboratory = await Laboratory.open();
});
afterAll(() => laboratory.close());

async function mapsOf(process: string, at = ""): Promise<Maps> {
  const answer = await fetch(
    `${laboratory.stack.urls.api}/api/v1/processes/${formatProcessKey(BigInt(process))}/maps${at}`,
  );
  expect(answer.status).toBe(200);
  return (await answer.json()) as Maps;
}

describe.each(variants.filter((variant) => variant.endsWith("O2") && hasVariant(variant)))("%s", (variant) => {
  it("shows what the program mapped, and which call did it", async () => {
    const run = await laboratory.record([program("mappings", variant)]);
    expect(run.exitCode).toBe(0);
    const cache = BigInt(run.stdout.trim());
    const maps = await mapsOf(run.process);
    const around = maps.mappings.find(({ start, end }) => BigInt(start) <= cache && cache < BigInt(end));
    expect(around).toMatchObject({ kind: "anonymous", permissions: "rw-p" });
    expect(around!.residentBytes).toBeGreaterThanOrEqual(3 * MIB);
    const owner = around!.owners.find(({ bytes }) => bytes === 6 * MIB);
    expect(owner).toMatchObject({ call: "mmap" });
    expect(maps.stacks[owner!.stack]!.map((frame) => frame.function)).toEqual(
      expect.arrayContaining(["open_cache", "main"]),
    );
    expect(maps.memory!.anonymousBytes).toBeGreaterThanOrEqual(3 * MIB);
    expect(maps.memory!.residentBytes).toBeGreaterThan(maps.memory!.anonymousBytes);
    expect(maps.sentence).toMatch(/resident of .* mapped in mappings, in \d+ mappings/);
    if (variant.startsWith("glibc"))
      expect(maps.settings).toEqual([
        expect.objectContaining({ name: "M_ARENA_MAX", value: 2, accepted: true, parameter: -8 }),
      ]);
  });

  const glibcOnly = variant.startsWith("glibc") ? it : () => undefined; // musl has no such function
  glibcOnly("shows what the allocator says of itself, on request", async () => {
    const run = await laboratory.record([program("mappings", variant)], {
      environment: { HEAPHOUND_ALLOCATOR_STATS: "1" },
    });
    const [allocator] = (await mapsOf(run.process)).allocators;
    expect(allocator).toMatchObject({ number: 0, name: "glibc" });
    expect(allocator!.inUseBytes).toBeGreaterThan(0);
    expect(allocator!.mappedBytes).toBeGreaterThanOrEqual(allocator!.inUseBytes! + allocator!.freeBytes!);
    expect(
      (await mapsOf((await laboratory.record([program("mappings", variant)])).process)).allocators[0],
    ).toMatchObject({
      inUseBytes: null,
    });
  });

  it("knows nothing of a time before the first look", async () => {
    const run = await laboratory.record([program("mappings", variant)]);
    expect(await mapsOf(run.process, "?at=0")).toMatchObject({ mappings: [], sampledNs: null, memory: null });
  });
});
