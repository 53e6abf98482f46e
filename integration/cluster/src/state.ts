import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KernelSettings } from "./kernel-settings.ts";
import { stateDir } from "./paths.ts";
import { isAlive, type Sandbox } from "./sandbox.ts";

/** What `down` must know; written as soon as there is something to take back. */
export interface State {
  kernelSettings: KernelSettings;
  sandbox?: Sandbox;
  slot?: number;
  cgroup?: string;
  /** Everything was ready once. */
  complete?: boolean;
}

const stateFile = join(stateDir, "state.json");

export function readState(): State | undefined {
  return existsSync(stateFile) ? (JSON.parse(readFileSync(stateFile, "utf8")) as State) : undefined;
}

export function writeState(state: State): void {
  writeFileSync(stateFile, JSON.stringify(state));
}

export function isRunning(state: State | undefined): boolean {
  return state?.complete === true && state.sandbox !== undefined && isAlive(state.sandbox.holder);
}
