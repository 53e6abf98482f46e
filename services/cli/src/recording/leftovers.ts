import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { progress } from "../output/progress.js";
import { identify } from "../stack/pids.js";
import { sendRecording } from "./send.js";

/** KEY.hh as the program left it, or KEY.hh.PID as the command with that process id took it. */
const LEFTOVER = /^([0-9a-f]{16}\.hh)(?:\.(\d+))?$/;

/** Makes the directory in which profiled programs leave what was not confirmed; only its owner may look into it. */
export function makeSpool(directory: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

/**
 * Sends what ended programs left in the spool to the ingester (HOST:PORT, the first of several) and removes it. A file is
 * taken by renaming it, so that two commands do not send the same one at once. Resolves with the number sent.
 */
export async function sendLeftovers(directory: string, server: string): Promise<number> {
  let sent = 0;
  for (const name of readdirSync(directory)) {
    const left = take(directory, name);
    if (left === null) continue;
    await sendOne(left, `${left}.${String(process.pid)}`, server);
    sent++;
  }
  return sent;
}

/** The path of the leftover that is now ours (under its name and our process id), or null. */
function take(directory: string, name: string): string | null {
  const [, left, owner] = LEFTOVER.exec(name) ?? [];
  if (left === undefined || (owner !== undefined && identify(Number(owner)) !== null)) return null;
  try {
    renameSync(join(directory, name), join(directory, `${left}.${String(process.pid)}`));
    return join(directory, left);
  } catch {
    return null; // another command was faster
  }
}

async function sendOne(left: string, file: string, server: string): Promise<void> {
  const bar = progress("storing what is left", statSync(file).size, "bytes");
  try {
    await sendRecording(server.split(",")[0] ?? server, file, (read) => bar.update(read));
    rmSync(file);
  } catch (error) {
    renameSync(file, left); // it stays for the next time
    throw error;
  } finally {
    bar.done();
  }
}
