import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { CliError } from "../errors.js";
import { identify, isAlive, type ProcessIdentity } from "./pids.js";

const identitySchema = z.object({ pid: z.number().int(), startTicks: z.string() });

const stateSchema = z.object({
  supervisor: identitySchema,
  startedUnixMs: z.number(),
  urls: z.object({ grpc: z.string(), ingester: z.string(), api: z.string(), gui: z.string(), clickhouse: z.string() }),
  services: z.array(
    z.object({
      name: z.string(),
      state: z.enum(["starting", "ready", "waiting", "stopped"]),
      restarts: z.number(),
      process: identitySchema.nullable(),
    }),
  ),
});

/** What `stack.json` in the data directory says about the stack that runs on it. */
export type StackState = z.infer<typeof stateSchema>;
export type StackUrls = StackState["urls"];

const stateFile = (dataDir: string): string => join(dataDir, "stack.json");
const lockFile = (dataDir: string): string => join(dataDir, "stack.lock");

function readIdentity(file: string): ProcessIdentity | null {
  try {
    return identitySchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return null;
  }
}

export function readState(dataDir: string): StackState | null {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(stateFile(dataDir), "utf8")));
  } catch {
    return null;
  }
}

/** The state, if the supervisor that wrote it is alive. */
export function runningState(dataDir: string): StackState | null {
  const state = readState(dataDir);
  return state !== null && isAlive(state.supervisor) ? state : null;
}

/** Written beside and renamed, so that a reader sees the old state or the new one. */
export function writeState(dataDir: string, state: StackState): void {
  const part = `${stateFile(dataDir)}.${process.pid}`;
  writeFileSync(part, `${JSON.stringify(state, null, 2)}\n`);
  renameSync(part, stateFile(dataDir));
}

/** One supervisor per data directory: two engines on the same files would destroy them. */
export function takeLock(dataDir: string): void {
  mkdirSync(dataDir, { recursive: true });
  const file = lockFile(dataDir);
  const own = JSON.stringify(identify(process.pid));
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(file, own, { flag: "wx" });
      return;
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    }
    const holder = readIdentity(file);
    if (holder !== null && isAlive(holder)) {
      throw new CliError(`a stack already runs on ${dataDir} (process ${holder.pid})`, {
        advice: "`heaphound status` shows it, `heaphound down` stops it, --data DIR starts another one.",
      });
    }
    rmSync(file, { force: true });
  }
  throw new CliError(`${file} cannot be taken`, { advice: "Another command is starting a stack; try again." });
}

export function releaseLock(dataDir: string): void {
  const holder = readIdentity(lockFile(dataDir));
  if (holder?.pid === process.pid) rmSync(lockFile(dataDir), { force: true });
}

/** Ends what a supervisor that was killed left behind. Its identity is checked, so no stranger is hit. */
export function killLeftovers(dataDir: string): number {
  let killed = 0;
  for (const service of readState(dataDir)?.services ?? []) {
    if (service.process === null || !isAlive(service.process)) continue;
    process.kill(service.process.pid, "SIGKILL");
    killed++;
  }
  return killed;
}

export function forgetState(dataDir: string): void {
  rmSync(stateFile(dataDir), { force: true });
}
