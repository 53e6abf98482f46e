// Runs a command as one visible step: a line when it starts, a sign of life while it runs, its output when it fails.
import { spawn } from "node:child_process";

const tty = process.stderr.isTTY;
const heartbeatMs = tty ? 200 : 15_000;

export function say(text) {
  process.stderr.write(`${text}\n`);
}

export class StepFailed extends Error {
  constructor(title, code, output) {
    super(`${title}: failed with ${code}`);
    this.output = output;
  }
}

/** Resolves with the output; throws StepFailed with it. options: cwd, env, input. */
export function step(title, command, args, options = {}) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const width = () => (process.stderr.columns ?? 80) - 1;
  let output = "";
  let last = "";
  say(`  ${title}`);
  const beat = setInterval(() => {
    const text = `    ${seconds()}  ${last}`.slice(0, width());
    process.stderr.write(tty ? `\r\u001b[K${text}` : `${text}\n`);
  }, heartbeatMs);
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const take = (chunk) => {
      output += chunk;
      const lines = output
        .slice(-2000)
        .split(/[\r\n]+/)
        .filter((line) => line.trim() !== "");
      last = lines.at(-1) ?? "";
    };
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    const end = () => {
      clearInterval(beat);
      if (tty) process.stderr.write("\r\u001b[K");
    };
    child.on("error", (error) => {
      end();
      reject(new StepFailed(title, error.message, output));
    });
    child.on("close", (code, signal) => {
      end();
      if (code !== 0) return reject(new StepFailed(title, signal ?? `exit code ${code}`, output));
      if (Date.now() - started > 2000) say(`    done in ${seconds()}`);
      resolve(output);
    });
  });
}
