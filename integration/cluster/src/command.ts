import { spawn } from "node:child_process";

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  input?: string;
  timeoutMs?: number;
  /** Called when something has come on standard output. */
  onOutput?: () => void;
}

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

export class CommandFailed extends Error {
  constructor(words: readonly string[], result: CommandResult) {
    const said = (result.stderr.trim() || result.stdout.trim()).split("\n").slice(-15).join("\n");
    super(`${words.join(" ").slice(0, 300)}: exit code ${result.code}\n${said}`);
  }
}

/** Runs a command to its end whatever its exit code; a command that cannot be started has the code 127. */
export function attempt(words: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  const [command = "", ...args] = words;
  return new Promise((resolve) => {
    const { cwd, env, timeoutMs } = options;
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      ...(cwd !== undefined && { cwd }),
      ...(env !== undefined && { env }),
      ...(timeoutMs !== undefined && { timeout: timeoutMs, killSignal: "SIGKILL" as const }),
    });
    const chunks = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
    const text = (name: "stdout" | "stderr"): string => Buffer.concat(chunks[name]).toString();
    child.stdout.on("data", (chunk: Buffer) => chunks.stdout.push(chunk));
    if (options.onOutput) child.stdout.on("data", options.onOutput);
    child.stderr.on("data", (chunk: Buffer) => chunks.stderr.push(chunk));
    child.on("error", (error) => resolve({ code: 127, stdout: "", stderr: error.message }));
    child.on("close", (code, signal) =>
      resolve({
        code: code ?? 128,
        stdout: text("stdout"),
        stderr: text("stderr") + (signal ? `\nended by ${signal}` : ""),
      }),
    );
    // A command that ends without reading its input is no fault.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/** Runs a command and returns its output; throws CommandFailed with what it said. */
export async function run(words: readonly string[], options: CommandOptions = {}): Promise<string> {
  const result = await attempt(words, options);
  if (result.code !== 0) throw new CommandFailed(words, result);
  return result.stdout;
}
