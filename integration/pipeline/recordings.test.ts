// A recording in a file is the same as a stream: imported, it holds the same allocations; imported again, it changes nothing; what a
// killed process left can still be read.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installation, preloadLibrary, recordingEnvironment } from "@heaphound/cli";
import { eventually } from "@heaphound/service-kit/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Laboratory } from "../support/laboratory.js";
import { ProgramRun } from "../support/program-run.js";
import { program } from "../support/programs.js";

interface Imported {
  process: string;
  blocks: number;
  bytes: number;
  tornBytes: number;
}

const SOME_BLOCKS = 20_000; // bytes

let laboratory: Laboratory;

beforeAll(async () => {
  process.env.HEAPHOUND_LOCAL_BINARIES = "0"; // as an ingester on another machine: it must be sent what it needs
  laboratory = await Laboratory.open(["clickhouse", "ingester"]);
});
afterAll(() => laboratory.close());

/** Runs the worker into a file; what it says about itself, and where the file is. */
async function recordToFile(
  name: string,
  end: "exit" | "SIGKILL",
): Promise<{ file: string; allocations: number; bytes: number; frees: number }> {
  const pattern = join(laboratory.folder, `${name}-%p.hh`);
  const environment = recordingEnvironment({ PATH: process.env.PATH }, preloadLibrary(), { output: pattern });
  const worker = new ProgramRun([program("worker")], environment);
  await worker.ask("200000");
  const [allocations = 0, bytes = 0, frees = 0] = (await worker.ask("100000")).split(" ").map(Number);
  const file = join(laboratory.folder, `${name}-${worker.pid}.hh`);
  if (end === "SIGKILL") {
    await eventually(() => existsSync(file) && statSync(file).size > SOME_BLOCKS);
    worker.child.kill("SIGKILL");
  }
  await worker.ended("");
  return { file, allocations, bytes, frees };
}

function importFile(file: string): { status: number | null; stderr: string; imported: Imported | null } {
  const words = [
    join(installation, "services/cli/bin/heaphound.mjs"),
    "import",
    file,
    "--server",
    laboratory.stack.urls.grpc,
    "--json",
  ];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { encoding: "utf8" });
  return { status, stderr, imported: status === 0 ? (JSON.parse(stdout) as Imported) : null };
}

const decimal = (key: string | undefined): string => BigInt(`0x${key ?? "0"}`).toString();

/** Names of the functions that the process's frames lie in. */
async function functionsOf(key: string): Promise<string[]> {
  const rows = await laboratory.database.rows<{ name: string }>(
    `SELECT DISTINCT arrayJoin(functions) AS name FROM symbols FINAL WHERE frame IN
       (SELECT arrayJoin(frames) FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = {process:UInt64}))`,
    { process: key },
  );
  return rows.map(({ name }) => name);
}

describe("a recording in a file", () => {
  it("holds what a stream holds, and changes nothing when it is imported again", async () => {
    const recorded = await recordToFile("whole", "exit");
    const expected = { allocations: recorded.allocations, bytes: recorded.bytes, frees: recorded.frees };
    for (let time = 1; time <= 2; time++) {
      const { status, stderr, imported } = importFile(recorded.file);
      expect(status, stderr).toBe(0);
      expect(imported).toMatchObject({ tornBytes: 0 });
      const key = decimal(imported?.process);
      await eventually(async () => (await functionsOf(key)).includes("take"));
      expect(await laboratory.database.untilEnded(key)).toBe("exit");
      const stored = await laboratory.database.totals(key);
      expect(stored).toMatchObject({ ...expected, distinct: recorded.allocations, losses: {} });
    }
  });

  it("that was cut off by a kill holds what was written before", async () => {
    const recorded = await recordToFile("cut", "SIGKILL");
    const whole = readFileSync(recorded.file);
    const torn = join(laboratory.folder, "torn.hh");
    writeFileSync(torn, whole.subarray(0, whole.length - 1000));
    const { status, stderr, imported } = importFile(torn);
    expect(status, stderr).toBe(0);
    expect(imported?.tornBytes).toBeGreaterThan(0);
    const key = decimal(imported?.process);
    expect(await laboratory.database.untilEnded(key)).toBe("imported");
    const stored = await laboratory.database.totals(key);
    expect(stored.allocations).toBeGreaterThan(0);
    expect(stored.allocations).toBeLessThanOrEqual(recorded.allocations);
    expect(stored.distinct).toBe(stored.allocations);
  });

  it("that is none is refused with advice", () => {
    const file = join(laboratory.folder, "none.hh");
    writeFileSync(file, "not a recording at all");
    const { status, stderr } = importFile(file);
    expect(status).toBe(1);
    expect(stderr).toMatch(/HEAPHND1/);
    expect(stderr).toMatch(/damaged|newer/);
  });
});
