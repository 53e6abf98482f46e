// Code that is in no file: what V8 compiles while a program runs, and the kernel's own object in every process. Both have names.
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Laboratory } from "../support/laboratory.js";
import { data, program } from "../support/programs.js";

let laboratory: Laboratory;

beforeAll(async () => {
  laboratory = await Laboratory.open();
});
afterAll(() => laboratory.close());

async function functionsOf(process: string): Promise<string[]> {
  await laboratory.database.untilSymbolized();
  const rows = await laboratory.database.rows<{ name: string }>(
    `SELECT DISTINCT arrayJoin(functions) AS name FROM symbols WHERE frame IN
       (SELECT frame FROM process_nodes WHERE process = {process:UInt64})`,
    { process },
  );
  return rows.map(({ name }) => name);
}

describe("generated code", () => {
  it("has the names that node writes with --perf-basic-prof", async () => {
    const recording = await laboratory.record([
      process.execPath,
      "--perf-basic-prof",
      "--always-sparkplug",
      data("generated.mjs"),
    ]);
    rmSync(`/tmp/perf-${recording.pid}.map`, { force: true });
    expect(recording).toMatchObject({ exitCode: 0, stdout: "true\n", stderr: "" });
    const functions = await functionsOf(recording.process);
    for (const name of ["packsInTheLoop", "callsThePacker"])
      expect(functions.some((each) => each.startsWith("JS:") && each.includes(`${name} `))).toBe(true);

    const key = BigInt(recording.process).toString(16).padStart(16, "0");
    const response = await fetch(
      `${laboratory.stack.urls.api}/api/v1/processes/${key}/export/folded?measure=allocated`,
    );
    const folded = await response.text();
    expect(folded).toMatch(/JS:[^;]*callsThePacker [^;]*;JS:[^;]*packsInTheLoop [^;]*;/);
  });
});

describe("the kernel's object", () => {
  it("has names too, where a signal interrupted it", async () => {
    const recording = await laboratory.record([program("inside-vdso")]);
    expect(recording).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await functionsOf(recording.process)).toEqual(expect.arrayContaining(["__vdso_clock_gettime"]));
  });
});
