// Leads the C driver: a command is a line, and so is its answer.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { emulator } from "./binaries.mjs";
import { clientEnvironment } from "./secure.mjs";

export class Driver {
  #process;
  #lines;
  stderr = "";

  constructor(binary, { spoolBytes = 64 << 20, env = {}, before = [] } = {}) {
    const [program, ...words] = [...emulator, binary, ...before, String(spoolBytes)];
    this.#process = spawn(program, words, {
      env: { ...process.env, ...clientEnvironment, ...env },
      stdio: "pipe",
    });
    this.#lines = createInterface({ input: this.#process.stdout })[Symbol.asyncIterator]();
    this.#process.stderr.on("data", (text) => (this.stderr += text));
    this.exited = new Promise((resolve) => this.#process.on("exit", (code, signal) => resolve({ code, signal })));
  }

  async run(command) {
    this.#process.stdin.write(`${command}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`the driver ended at "${command}": ${this.stderr}`);
    return value;
  }

  async stats() {
    return JSON.parse(await this.run("stats"));
  }

  /** Ends the driver by the end of its input; a sanitizer's finding shows here. */
  async end() {
    this.#process.stdin.end();
    const { code, signal } = await this.exited;
    if (code !== 0) throw new Error(`the driver ended with ${code ?? signal}: ${this.stderr}`);
  }

  kill() {
    this.#process.kill("SIGKILL");
  }
}

/** Waits until `condition` holds, at most 20 s. */
export async function eventually(condition, what) {
  const end = Date.now() + 20_000;
  for (;;) {
    if (await condition()) return;
    if (Date.now() > end) throw new Error(`did not happen: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
