import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { errorMessage } from "@heaphound/service-kit";
import { parseAnswer, type Resolved } from "./answer.js";

export interface SymbolizerProcessOptions {
  program: string;
  /** For one answer; the first of a large file includes reading its debug information. */
  timeoutMs: number;
  /** Started anew when it holds more than this. */
  memoryBytes: number;
}

/** The child ended or did not answer in time while it worked on this address. */
export class SymbolizerCrash extends Error {}

/** The program cannot be started at all. */
export class SymbolizerMissing extends Error {}

const ARGUMENTS = ["--output-style=JSON", "--inlines", "--demangle", "--functions=linkage"];
const PAGE_BYTES = 4096;
/** Questions on their way at a time: enough that the child never waits, few enough that no pipe is full both ways. */
const WINDOW = 256;

interface Running {
  child: ChildProcessWithoutNullStreams;
  lines: AsyncIterator<string>;
}

/** One `llvm-symbolizer`, kept running: reading debug information once per file is what makes it fast. */
export class SymbolizerProcess {
  private running: Running | undefined;
  private lastError = "";

  constructor(private readonly options: SymbolizerProcessOptions) {}

  /** Answers for addresses of one file, in order. Not to be called again before it has settled. */
  async ask(object: string, offsets: readonly bigint[]): Promise<(Resolved | undefined)[]> {
    // One question is one line; a path that would break out of it is not looked up.
    if (/["\n\r\0]/.test(object)) return offsets.map(() => undefined);
    const answers: (Resolved | undefined)[] = [];
    for (let i = 0; i < offsets.length; i += WINDOW) {
      answers.push(...(await this.askWindow(object, offsets.slice(i, i + WINDOW))));
    }
    await this.restartWhenLarge();
    return answers;
  }

  /** Process id of the child, while there is one. */
  get pid(): number | undefined {
    return this.running?.child.pid;
  }

  stop(): void {
    this.running?.child.kill("SIGKILL");
    this.running = undefined;
  }

  private async askWindow(object: string, offsets: readonly bigint[]): Promise<(Resolved | undefined)[]> {
    const { child, lines } = this.running ?? (await this.start());
    child.stdin.write(offsets.map((offset) => `"${object}" 0x${offset.toString(16)}\n`).join(""));
    const answers: (Resolved | undefined)[] = [];
    for (const offset of offsets) {
      const line = await this.nextLine(lines);
      if (line === undefined) {
        this.stop();
        throw new SymbolizerCrash(`no answer for 0x${offset.toString(16)} in ${object}: ${this.lastError}`);
      }
      answers.push(parseAnswer(line));
    }
    return answers;
  }

  private async nextLine(lines: AsyncIterator<string>): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => {
      timer = setTimeout(() => {
        this.lastError = `it took longer than ${this.options.timeoutMs} ms`;
        resolve(undefined);
      }, this.options.timeoutMs);
    });
    try {
      const next = await Promise.race([lines.next(), late]);
      return next === undefined || next.done ? undefined : next.value;
    } finally {
      clearTimeout(timer);
    }
  }

  private async start(): Promise<Running> {
    const child = spawn(this.options.program, ARGUMENTS, {
      stdio: "pipe",
      // Debug files are found by us; it shall not go looking on its own.
      env: { PATH: process.env.PATH ?? "/usr/bin:/bin", DEBUGINFOD_URLS: "" },
    });
    this.lastError = "it ended";
    child.stdin.on("error", (error) => (this.lastError = error.message));
    child.stderr.setEncoding("utf8").on("data", (text: string) => (this.lastError = text.trim().slice(-500)));
    child.once("exit", (code, signal) => {
      if (this.running?.child === child) this.running = undefined;
      this.lastError ||= `it ended with ${signal ?? code}`;
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (error) => {
        reject(new SymbolizerMissing(`${this.options.program} cannot be started: ${errorMessage(error)}`));
      });
    });
    this.running = { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
    return this.running;
  }

  private async restartWhenLarge(): Promise<void> {
    const pid = this.pid;
    if (pid === undefined) return;
    const statm = await readFile(`/proc/${pid}/statm`, "utf8").catch(() => "");
    const residentBytes = Number(statm.split(" ")[1] ?? 0) * PAGE_BYTES;
    if (residentBytes > this.options.memoryBytes) this.stop();
  }
}
