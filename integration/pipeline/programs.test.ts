// Real programs under the profiler: they do what they do without it, and what they asked of their allocator is what is stored,
// as an independent counting shim in the same run confirms.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@heaphound/service-kit/testing";
import { choosePorts } from "@heaphound/cli";
import { Laboratory, type Recording, type RunOptions } from "../support/laboratory.js";
import { data, program } from "../support/programs.js";
import { runToEnd } from "../support/program-run.js";
import { findCc1plus, findPython, hasTools, multiarch } from "../support/tools.js";

let laboratory: Laboratory;

beforeAll(async () => {
  laboratory = await Laboratory.open();
});
afterAll(() => laboratory.close());

/** Runs the program alone and under the profiler: the same output and exit code, every allocation stored, none twice. */
async function expectUndisturbed(
  words: readonly string[],
  { allowed, ...options }: RunOptions & { allowed?: readonly string[] } = {},
): Promise<Recording> {
  const alone = await runToEnd(
    words,
    { PATH: process.env.PATH, HOME: laboratory.folder, LC_ALL: "C.UTF-8" },
    options.input,
  );
  const recording = await laboratory.record(words, { ...options, counted: true });
  expect(recording.stdout).toBe(alone.stdout);
  expect(recording.stderr).toBe(alone.stderr);
  expect(recording.exitCode).toBe(alone.exitCode);
  expect(recording.signal).toBe(alone.signal);
  expectComplete(recording, allowed);
  return recording;
}

/** Code made at run time has no unwind information: stacks through it are walked by frame pointers, or cut, and counted. */
const stacksOfGeneratedCode = ["guessed_frame", "truncated_stack"];

function expectComplete({ stored, counted }: Recording, allowed: readonly string[] = []): void {
  expect(Object.keys(stored.losses).filter((kind) => !allowed.includes(kind))).toEqual([]);
  expect(stored.distinct).toBe(stored.allocations);
  expect({ allocations: stored.allocations, bytes: stored.bytes, frees: stored.frees }).toEqual(counted);
}

const cc1plus = findCc1plus();
const python = findPython();

describe("a program under the profiler does what it does without", () => {
  it("four threads that throw C++ exceptions", async () => {
    const recording = await expectUndisturbed([program("exceptions"), "5000"]);
    expect(recording.exitCode).toBe(3);
  });

  it("exceptions across twelve frames, with stacks of deallocations", async () => {
    const recording = await expectUndisturbed([program("deep-exceptions"), "20000"], { freeStacks: true });
    expect(recording.exitCode).toBe(4);
    expect(recording.stored.allocations).toBeGreaterThan(20_000 * 13);
  });

  it("Node.js with JSON and crypto, with stacks of deallocations", async () => {
    const recording = await expectUndisturbed([process.execPath, data("json-crypto.mjs"), "20"], {
      freeStacks: true,
      allowed: stacksOfGeneratedCode,
    });
    expect(recording.exitCode).toBe(6);
    expect(recording.stdout).toMatch(/^[0-9a-f]{64}\n$/);
  });

  it.skipIf(python === null)("Python with JSON (needs python3)", async () => {
    const recording = await expectUndisturbed([python ?? "", data("documents.py"), "5"]);
    expect(recording.exitCode).toBe(7);
  });

  it.skipIf(python === null)("Python with every object from malloc (needs python3)", async () => {
    const options = { environment: { PYTHONMALLOC: "malloc", PYTHONHASHSEED: "0" } };
    const recording = await laboratory.record([python ?? "", data("documents.py"), "2"], { ...options, counted: true });
    expectComplete(recording);
    expect(recording.stored.allocations).toBeGreaterThan(100_000);
  });

  it.skipIf(cc1plus === null)("cc1plus on a large file (needs g++)", async () => {
    const assembly = join(laboratory.folder, "large.s");
    const words = [
      cc1plus ?? "",
      "-quiet",
      "-imultiarch",
      multiarch(),
      "-D_GNU_SOURCE",
      data("large.cpp"),
      "-o",
      assembly,
    ];
    const recording = await expectUndisturbed(words);
    expect(recording.exitCode).toBe(0);
    expect(existsSync(assembly)).toBe(true);
    expect(recording.stored.allocations).toBeGreaterThan(1_000_000);
  });

  it.skipIf(!hasTools("redis-server", "redis-benchmark"))(
    "redis-server under redis-benchmark (needs redis)",
    async () => {
      const { api: port } = await choosePorts("any");
      const startedMs = Date.now() - 1;
      const server = laboratory.start(
        ["redis-server", "--port", String(port), "--save", "", "--appendonly", "no", "--daemonize", "no"],
        { counted: true },
      );
      const plain = { PATH: process.env.PATH };
      const cli = (...words: string[]): Promise<{ stdout: string }> =>
        runToEnd(["redis-cli", "-p", String(port), ...words], plain);
      await eventually(async () => (await cli("ping")).stdout === "PONG\n");
      const work = ["-p", String(port), "-n", "20000", "-r", "5000", "-q", "-t", "set,get,lpush,lrange_100,hset,sadd"];
      const benchmark = await runToEnd(["redis-benchmark", ...work], plain);
      expect(benchmark.exitCode).toBe(0);
      expect(Number((await cli("dbsize")).stdout)).toBeGreaterThan(1_000);
      await cli("shutdown", "nosave");
      const result = await server.ended();
      expect(result.exitCode).toBe(0);
      const recorded = await laboratory.recordingOf(result.pid, startedMs);
      expectComplete({ ...result, ...recorded, counted: laboratory.countsOf(result.pid) });
      expect(recorded.stored.allocations).toBeGreaterThan(10_000);
    },
  );
});

describe("a program that is hard to follow", () => {
  it("names the functions of libraries that have been unloaded", async () => {
    const recording = await laboratory.record([program("plugins"), program("plugin.so"), "20"]);
    expect(recording).toMatchObject({ exitCode: 0, stderr: "" });
    const blocks = (await laboratory.database.allocations(recording.process)).filter(
      (each) => each.size >= 70_000 && each.size < 70_020,
    );
    expect(blocks.map((each) => each.size)).toEqual(Array.from({ length: 20 }, (_, round) => 70_000 + round));
    for (const block of blocks) {
      expect(block.functions.slice(0, 3)).toEqual(["plugin_allocate", "use_once", "main"]);
      expect(block.freed).toBe(0);
    }
  });

  it("forks: the parent's counts are the parent's", async () => {
    const recording = await laboratory.record([program("forking")], { counted: true });
    expect(recording).toMatchObject({ exitCode: 4, stderr: "" });
    expectComplete(recording);
  });

  it("forks: children that are followed are processes of their own", async () => {
    const recording = await laboratory.record([program("forking")], { follow: true });
    expect(recording).toMatchObject({ exitCode: 4, stderr: "" });
    const children = await eventually(async () => {
      const found = await laboratory.database.rows<{ process: string; n: number }>(
        `SELECT toString(p.process) AS process, countIf(a.size <= 1000) AS n FROM processes AS p FINAL
         INNER JOIN allocations AS a ON a.process = p.process
         WHERE p.parent_process = {process:UInt64} AND p.ended_ns != 0 GROUP BY p.process`,
        { process: recording.process },
      );
      return found.length === 3 ? found : null;
    });
    for (const child of children) expect(child.n).toBe(1000);
  });

  it("allocates in signal handlers: their stacks go through the signal frame", async () => {
    const recording = await laboratory.record([program("signals")]);
    expect(recording).toMatchObject({ exitCode: 0, stderr: "" });
    const inHandler = (await laboratory.database.allocations(recording.process)).filter(
      (each) => each.functions[0] === "handler",
    );
    expect(inHandler).toHaveLength(10_000);
    expect(inHandler.every((each) => each.functions.includes("interrupted") && each.functions.includes("main"))).toBe(
      true,
    );
  });

  it("hardly does anything: it prints nothing and leaves no trace", async () => {
    const startedMs = Date.now() - 1;
    const result = await laboratory.start(["/bin/true"], { environment: { HEAPHOUND_MIN_EVENTS: "100" } }).ended("");
    expect(result).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
    // A recording that comes later than this one would have come by then.
    await laboratory.record([program("known"), join(laboratory.folder, "later")]);
    const query = `SELECT pid FROM processes WHERE pid = {pid:UInt32} AND started_ns > {after:Int64}`;
    expect(await laboratory.database.rows(query, { pid: result.pid, after: `${startedMs}000000` })).toEqual([]);
  });
});
