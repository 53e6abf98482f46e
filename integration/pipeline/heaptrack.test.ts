// The same script under heaptrack and under Heaphound: equal counts, leaks and peak; and heaptrack's own reader shows the same
// top stacks from our export as from its own recording.
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { replayHeaptrackFile, type HeaptrackSummary } from "../support/heaptrack-file.js";
import { topStacks, type PrintedStack } from "../support/heaptrack-print.js";
import { Laboratory, type Recording } from "../support/laboratory.js";
import { data } from "../support/programs.js";
import { hasTools } from "../support/tools.js";

const hasAll = hasTools("heaptrack", "heaptrack_print", "sqlite3");
const words = ["sqlite3", "-batch", "-init", "/dev/null", ":memory:"];
/**
 * heaptrack's library brings libstdc++ into the program, and that allocates a pool for exceptions when it is loaded: one
 * block of 72,704 bytes that is in heaptrack's recording, but not the program's.
 */
const POOL_BYTES = 72_704;

describe.skipIf(!hasAll)("sqlite3 as heaptrack sees it (needs heaptrack and sqlite3)", () => {
  let laboratory: Laboratory;
  let recording: Recording;
  let reference: string;
  let exported: string;
  let theirs: HeaptrackSummary;
  let ours: HeaptrackSummary;

  beforeAll(async () => {
    laboratory = await Laboratory.open();
    const input = readFileSync(data("tables.sql"), "utf8");
    reference = join(laboratory.folder, "reference.zst");
    // The program gets the same kind of standard streams in both runs: what stdio allocates depends on them.
    const recorded = spawnSync("heaptrack", ["-o", join(laboratory.folder, "reference"), ...words], {
      input,
      encoding: "utf8",
      env: { PATH: process.env.PATH, HOME: laboratory.folder, LC_ALL: "C.UTF-8" },
    });
    expect(recorded.status).toBe(0);
    recording = await laboratory.record(words, { input });
    expect(recorded.stdout).toContain(recording.stdout);
    await laboratory.database.untilSymbolized();
    exported = join(laboratory.folder, "ours.zst");
    const key = BigInt(recording.process).toString(16).padStart(16, "0");
    const response = await fetch(`${laboratory.stack.urls.api}/api/v1/processes/${key}/export/heaptrack`);
    expect(response.status).toBe(200);
    writeFileSync(exported, Buffer.from(await response.arrayBuffer()));
    expect(replayHeaptrackFile(reference).allocations).toBe(replayHeaptrackFile(reference, POOL_BYTES).allocations + 1);
    theirs = replayHeaptrackFile(reference, POOL_BYTES);
    ours = replayHeaptrackFile(exported);
  });
  afterAll(() => laboratory.close());

  it("loses nothing and ends as it should", () => {
    expect(recording).toMatchObject({ exitCode: 0, stderr: "", endReason: "exit" });
    expect(recording.stored.losses).toEqual({});
  });

  it("counts the same allocations and deallocations", () => {
    expect({ allocations: ours.allocations, frees: ours.frees }).toEqual({
      allocations: theirs.allocations,
      frees: theirs.frees,
    });
    expect(recording.stored.allocations).toBe(theirs.allocations);
  });

  it("finds the same leaked bytes", () => {
    expect(ours.leakedBytes).toBe(theirs.leakedBytes);
  });

  it("has the same peak within 0.1 %", () => {
    expect(Math.abs(ours.peakBytes - theirs.peakBytes) / theirs.peakBytes).toBeLessThan(0.001);
  });

  it("shows the same ten stacks in heaptrack_print", () => {
    const expected = topStacks(reference, 10);
    const found = topStacks(exported, 10);
    expect(expected).toHaveLength(10);
    expect(found.map((stack) => stack.calls)).toEqual(expected.map((stack) => stack.calls));
    expect(found.map((stack, index) => comparable(stack, expected[index]!))).toEqual(
      expected.map((stack) => comparable(stack, stack)),
    );
  });
});

/** The library without debug information has functions that heaptrack cannot name; there only the module is compared. */
function comparable(stack: PrintedStack, named: PrintedStack): string[] {
  return stack.frames.map((frame, index) => {
    const isNamed = !(named.frames[index]?.function ?? "0x").startsWith("0x");
    return `${isNamed ? oneName(frame.function) : "?"} in ${frame.module}`;
  });
}

/** The C library's start function has three names for one address; which one is shown depends on the reader. */
function oneName(name: string): string {
  return name.replace(/^__libc_start_main(_impl)?(@.*)?$/, "__libc_start_main");
}
