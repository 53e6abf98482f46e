import { mkdirSync } from "node:fs";
import { spawn } from "node:child_process";
import { dirname } from "node:path";

/** Holds flock(1) on a file while the action runs: the kernel gives the lock back even if this process is killed. */
export async function withLock<T>(file: string, action: () => Promise<T>): Promise<T> {
  mkdirSync(dirname(file), { recursive: true });
  const holder = spawn("flock", [file, "sh", "-c", "echo held; cat"], { stdio: ["pipe", "pipe", "inherit"] });
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once("data", () => resolve());
    holder.once("error", reject);
    holder.once("exit", (code) => reject(new Error(`flock ${file}: exit code ${code ?? "?"}`)));
  });
  const ended = new Promise((resolve) => holder.once("exit", resolve));
  try {
    return await action();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
