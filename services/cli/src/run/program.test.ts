import { describe, expect, it } from "vitest";
import { runProgram } from "./program.js";

describe("runProgram", () => {
  it("ends with the program's own code", async () => {
    expect((await runProgram(["/bin/sh", "-c", "exit 7"], process.env)).exitCode).toBe(7);
  });

  it("reports a signal as a shell does", async () => {
    expect((await runProgram(["/bin/sh", "-c", "kill -SEGV $$"], process.env)).exitCode).toBe(139);
  });

  it("says that a program does not exist, with the code of a shell", async () => {
    await expect(runProgram(["/no/such/program"], process.env)).rejects.toMatchObject({
      exitCode: 127,
      message: "/no/such/program cannot be started: there is no such program",
    });
  });
});
