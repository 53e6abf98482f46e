import { CommanderError } from "commander";
import { CliError, errorText, exitCodes } from "./errors.js";
import { say } from "./output/print.js";
import { styled } from "./output/style.js";
import { createProgram } from "./program.js";

function report(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
  if (error instanceof CliError) {
    say(`${styled("heaphound:", "red", process.stderr)} ${error.message}\n${error.advice}`);
    return error.exitCode;
  }
  // Errors of our packages carry advice too; anything else is a bug and keeps its stack.
  if (error instanceof Error && "advice" in error) say(`heaphound: ${error.message}\n${String(error.advice)}`);
  else say(`heaphound: ${error instanceof Error ? (error.stack ?? error.message) : errorText(error)}`);
  return exitCodes.failed;
}

// `heaphound ls | head` ends when head does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : exitCodes.failed);
});

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = report(error);
}
