import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { createInterface, type Interface } from "node:readline";

export interface ProgramResult {
  pid: number;
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** A program that runs, with its output kept. */
export class ProgramRun {
  readonly child: ChildProcessWithoutNullStreams;
  readonly pid: number;
  private stdout = "";
  private stderr = "";
  private readonly lines: Interface;
  private readonly closed: Promise<unknown>;

  constructor(words: readonly string[], environment: NodeJS.ProcessEnv, cwd?: string) {
    const [file = "", ...parameters] = words;
    this.child = spawn(file, parameters, { env: environment, cwd, stdio: "pipe" });
    if (this.child.pid === undefined) throw new Error(`${file} cannot be started`);
    this.pid = this.child.pid;
    this.closed = once(this.child, "close");
    this.child.stdout.on("data", (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    // Whoever writes to a program that has been killed learns of it by its end.
    this.child.stdin.on("error", () => undefined);
    this.lines = createInterface({ input: this.child.stdout });
  }

  /** Writes a line and resolves with the next line of the answer. */
  async ask(line: string): Promise<string> {
    const answer = once(this.lines, "line") as Promise<[string]>;
    this.child.stdin.write(`${line}\n`);
    const [text] = await Promise.race([answer, this.ended().then((end) => Promise.reject(unexpectedEnd(end)))]);
    return text;
  }

  async ended(input?: string): Promise<ProgramResult> {
    if (input !== undefined) this.child.stdin.end(input);
    await this.closed;
    const { exitCode, signalCode: signal } = this.child;
    return { pid: this.pid, exitCode, signal, stdout: this.stdout, stderr: this.stderr };
  }
}

function unexpectedEnd(end: ProgramResult): Error {
  return new Error(
    `the program ended with ${end.signal ?? end.exitCode} instead of answering: ${end.stderr.slice(-2000)}`,
  );
}

/** Runs a program to its end. */
export function runToEnd(words: readonly string[], environment: NodeJS.ProcessEnv, input = ""): Promise<ProgramResult> {
  return new ProgramRun(words, environment).ended(input);
}
