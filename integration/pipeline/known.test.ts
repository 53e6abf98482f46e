// A program that knows what it allocates, recorded through all parts: every allocation's order, size, kind, address, times, stack,
// line and end must be what the program itself noted.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StoredAllocation } from "../support/database.js";
import { Laboratory, type Recording } from "../support/laboratory.js";
import { hasVariant, program, variants, type Variant } from "../support/programs.js";

interface Truth {
  id: number;
  kind: "malloc" | "calloc" | "realloc" | "aligned";
  size: number;
  address: string;
  line: number;
  replaced: number;
  allocated: [string, string];
  freed: [string, string];
  stack: string[];
}

const kinds = ["malloc", "calloc", "realloc", "aligned"];
/** The recorder's clock is fitted to the wall clock; the program reads the wall clock. */
const CLOCK_TOLERANCE_NS = 5_000_000n;
const LIFETIME_TOLERANCE_NS = 200_000n;

let laboratory: Laboratory;

beforeAll(async () => {
  laboratory = await Laboratory.open();
});
afterAll(() => laboratory.close());

function readTruth(file: string): Truth[] {
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Truth);
}

function isWithin(value: bigint, [first, last]: readonly [bigint, bigint], tolerance: bigint): boolean {
  return value >= first - tolerance && value <= last + tolerance;
}

/** The facts that must be equal, in one object, so that a failure shows both sides. */
function factsOfTruth(truth: Truth): unknown {
  return {
    id: truth.id,
    size: truth.size,
    kind: truth.kind,
    address: BigInt(truth.address),
    replaced: truth.replaced,
    freed: truth.freed[1] !== "0",
    stack: truth.stack,
    line: truth.line,
  };
}

function factsOfStored(stored: StoredAllocation, depth: number): unknown {
  return {
    id: stored.id,
    size: stored.size,
    kind: kinds[stored.kind],
    address: BigInt(stored.address),
    replaced: stored.realloc_of,
    freed: stored.freed === 1,
    stack: stored.functions.slice(0, depth),
    line: stored.lines[0],
  };
}

function expectTimes(stored: StoredAllocation, truth: Truth): void {
  const allocated = [BigInt(truth.allocated[0]), BigInt(truth.allocated[1])] as const;
  const freed = [BigInt(truth.freed[0]), BigInt(truth.freed[1])] as const;
  const time = BigInt(stored.time_ns);
  expect(isWithin(time, allocated, CLOCK_TOLERANCE_NS), `time of ${truth.id}: ${time} in ${allocated.join("..")}`).toBe(
    true,
  );
  if (freed[1] === 0n) return;
  const lifetime = BigInt(stored.lifetime_ns);
  const possible = [freed[0] - allocated[1], freed[1] - allocated[0]] as const;
  expect(
    isWithin(lifetime, possible, LIFETIME_TOLERANCE_NS),
    `lifetime of ${truth.id}: ${lifetime} in ${possible.join("..")}`,
  ).toBe(true);
}

describe.each(variants)("the known program, %s", (variant: Variant) => {
  it.skipIf(!hasVariant(variant))("is recorded exactly as it was (musl needs musl-gcc)", async () => {
    const file = join(laboratory.folder, `truth-${variant}`);
    const recording: Recording = await laboratory.record([program("known", variant), file]);
    expect(recording).toMatchObject({ exitCode: 5, stdout: "", stderr: "", endReason: "exit" });
    expect(recording.stored.losses).toEqual({});

    const truth = readTruth(file);
    const stored = await laboratory.database.allocations(recording.process);
    expect(stored).toHaveLength(truth.length);
    for (const [index, expected] of truth.entries()) {
      const found = stored[index]!;
      expect(factsOfStored(found, expected.stack.length)).toEqual(factsOfTruth(expected));
      expectTimes(found, expected);
    }
  });
});
