import { spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { identityOf, inside, isAlive, type ProcessIdentity, type Sandbox } from "./sandbox.ts";

export interface Daemon {
  name: string;
  process: ProcessIdentity;
  logFile: string;
}

/** Starts a component, or the program of that name, or the given one, as a daemon. */
export type Start = (name: string, args: readonly string[], program?: string) => Daemon;

/** Starts a program inside that goes on when this process ends; what it says goes to logs/NAME.log. */
export function startDaemon(sandbox: Sandbox, stateDir: string, name: string, words: readonly string[]): Daemon {
  const logFile = join(stateDir, `logs/${name}.log`);
  const log = openSync(logFile, "a");
  const [command = "", ...args] = inside(sandbox, words);
  const child = spawn(command, args, { detached: true, stdio: ["ignore", log, log], cwd: stateDir });
  closeSync(log);
  child.unref();
  if (child.pid === undefined) throw new Error(`${command} cannot be started`);
  return { name, process: identityOf(child.pid), logFile };
}

/** For `until`: why waiting for this daemon is in vain. */
export function endedWhy({ name, process, logFile }: Daemon): string | undefined {
  if (isAlive(process)) return undefined;
  const lines = readFileSync(logFile, "utf8").trim().split("\n").slice(-12).join("\n");
  return `${name} ended. ${logFile}:\n${lines}`;
}
