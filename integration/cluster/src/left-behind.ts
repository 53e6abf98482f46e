// What of a cluster is still on the machine after its end. There should be nothing.
import { existsSync, readFileSync, readdirSync, readlinkSync } from "node:fs";
import { attempt } from "./command.ts";
import { hostEnd } from "./addresses.ts";
import { cgroupsNamed } from "./cgroups.ts";
import { readKernelSettings } from "./kernel-settings.ts";
import { stateDir } from "./paths.ts";
import type { State } from "./state.ts";

/** How to recognise what belongs to a cluster; taken while it runs. */
export interface Traces {
  state: State;
  /** Links under /proc/PID/ns of its first process: "net:[4026532281]", ... */
  namespaces: string[];
}

const kinds = ["net", "mnt", "pid"];

export function tracesOf(state: State): Traces {
  const pid = state.sandbox?.holder.pid;
  const namespaces = pid === undefined ? [] : kinds.map((kind) => readlinkSync(`/proc/${pid}/ns/${kind}`));
  return { state, namespaces };
}

/** One sentence for each thing that was left behind. */
export async function leftBehind({ state, namespaces }: Traces): Promise<string[]> {
  const mounts = readFileSync("/proc/self/mounts", "utf8").split("\n");
  return [
    ...processesIn(namespaces).map((pid) => `process ${pid} lives in a namespace of the cluster`),
    ...mounts.filter((line) => line.includes(stateDir)).map((line) => `mount ${line}`),
    ...[stateDir].filter(existsSync).map((folder) => `folder ${folder}`),
    // Nothing of ours lies in them, another folder was bound over each: what is there is another container runtime's.
    ...(state.sandbox?.madeFolders ?? []).filter(isEmptyFolder).map((folder) => `folder ${folder}`),
    ...(state.cgroup === undefined ? [] : cgroupsNamed(state.cgroup)).map((folder) => `cgroup ${folder}`),
    ...(state.slot === undefined ? [] : await networkOf(state.slot)),
    ...changedSettings(state),
  ];
}

async function networkOf(slot: number): Promise<string[]> {
  const link = await attempt(["ip", "link", "show", hostEnd(slot)]);
  const routes = (await attempt(["ip", "-4", "route", "show", "root", `10.${slot}.0.0/16`])).stdout.trim();
  return [...(link.code === 0 ? [`interface ${hostEnd(slot)}`] : []), ...(routes === "" ? [] : [`routes ${routes}`])];
}

function isEmptyFolder(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder).length === 0;
}

function changedSettings({ kernelSettings }: State): string[] {
  const now = readKernelSettings();
  return Object.entries(kernelSettings)
    .filter(([name, before]) => now[name] !== before)
    .map(([name, before]) => `${name} is ${now[name] ?? "gone"}, it was ${before}`);
}

/** Namespaces live as long as a process is in them; here none is bound to a file. */
function processesIn(namespaces: readonly string[]): string[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => kinds.some((kind) => namespaces.includes(linkOf(`/proc/${pid}/ns/${kind}`))));
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return ""; // it has ended, or is a zombie
  }
}
