import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { WireError } from "@heaphound/wire";
import { say } from "../output/print.js";
import { progress } from "../output/progress.js";
import { lockFile } from "./file-lock.js";
import { sendRecording } from "./send.js";

/** As the library names them; it holds a lock on the file for as long as the process lives. */
const SPOOL_FILE = /^[0-9a-f]{16}\.spool$/;
const QUARANTINED = /^[0-9a-f]{16}\.bad$/;
const MOST_QUARANTINED = 4;

/** Makes the directory in which profiled programs leave what was not confirmed; only its owner may look into it. */
export function makeSpool(directory: string): string {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return directory;
}

/**
 * Sends what processes that run no more have left in the spool to the ingester (HOST:PORT, the first of several) and
 * removes it; resolves with the number sent. Files are locked meanwhile: neither another command nor the library in a new
 * process sends the same one at once. One that cannot be read is set aside and said.
 */
export async function sendLeftovers(directory: string, server: string): Promise<number> {
  let sent = 0;
  for (const name of readdirSync(directory).filter((each) => SPOOL_FILE.test(each))) {
    const file = join(directory, name);
    const lock = await lockFile(file);
    if (lock === null) continue;
    try {
      if (await sendOne(file, server)) sent++;
    } finally {
      lock.release();
    }
  }
  return sent;
}

async function sendOne(file: string, server: string): Promise<boolean> {
  if (!isThere(file)) return false;
  const bar = progress("storing what is left", statSync(file).blocks * 512, "bytes");
  try {
    await sendRecording(server.split(",")[0] ?? server, file, (read) => bar.update(read));
    rmSync(file);
    return true;
  } catch (error) {
    if (!(error instanceof Error && error.cause instanceof WireError)) throw error; // it stays for the next time
    setAside(file);
    say(`heaphound: ${file} is damaged and was set aside: ${error.cause.message}`);
    return false;
  } finally {
    bar.done();
  }
}

/** Another one may have sent and removed it since the directory was read; locking it has made an empty file then. */
function isThere(file: string): boolean {
  if (statSync(file).size > 0) return true;
  rmSync(file);
  return false;
}

function setAside(file: string): void {
  const directory = join(file, "..");
  const isFull = readdirSync(directory).filter((each) => QUARANTINED.test(each)).length >= MOST_QUARANTINED;
  if (isFull) rmSync(file);
  else renameSync(file, file.replace(/\.spool$/, ".bad"));
}
