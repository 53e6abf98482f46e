import { spawn } from "node:child_process";
import { constants } from "node:os";
import { CliError, exitCodes } from "../errors.js";

export interface ProgramEnd {
  pid: number;
  /** As a shell would report it: 128 + number for a signal. */
  exitCode: number;
}

const forwarded = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1", "SIGUSR2"] as const;

/** Runs a program on this terminal and resolves when it has ended. Signals go to the program, which decides. */
export function runProgram(words: readonly string[], environment: NodeJS.ProcessEnv): Promise<ProgramEnd> {
  const [program, ...parameters] = words;
  if (program === undefined)
    throw new CliError("no program was named", {
      advice: "heaphound run -- PROGRAM ARGS...",
      exitCode: exitCodes.usage,
    });
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, { env: environment, stdio: "inherit" });
    const pid = child.pid ?? 0;
    // On a terminal the program got Ctrl-C from it already; what must not happen is that we leave first.
    const forward = (signal: NodeJS.Signals): void => {
      if (signal === "SIGINT" && process.stdin.isTTY) return;
      child.kill(signal);
    };
    for (const signal of forwarded) process.on(signal, forward);
    const release = (): void => {
      for (const signal of forwarded) process.off(signal, forward);
    };
    child.on("error", (cause) => {
      release();
      const missing = "code" in cause && cause.code === "ENOENT";
      reject(
        new CliError(`${program} cannot be started: ${missing ? "there is no such program" : cause.message}`, {
          advice: "Check the name and that the file is executable.",
          // As a shell: 127 not found, 126 found but not executable.
          exitCode: missing ? 127 : 126,
          cause,
        }),
      );
    });
    child.on("exit", (code, signal) => {
      release();
      resolve({ pid, exitCode: signal === null ? (code ?? 0) : 128 + constants.signals[signal] });
    });
  });
}
