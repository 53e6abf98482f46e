import { spawn } from "node:child_process";
import { once } from "node:events";

export interface FileLock {
  release(): void;
}

/**
 * The lock (flock) of an existing file, or null while another process has it. Node has no call for it; flock(1) of
 * util-linux, which holds it for as long as its input is open, is on every distribution.
 */
export async function lockFile(path: string): Promise<FileLock | null> {
  const holder = spawn("flock", ["--nonblock", "--exclusive", path, "sh", "-c", "echo; exec cat"], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const locked = once(holder.stdout, "data").then(() => true);
  const ended = once(holder, "close").then(() => false);
  if (!(await Promise.race([locked, ended]))) return null;
  holder.stdout.resume();
  return { release: () => holder.stdin.end() };
}
