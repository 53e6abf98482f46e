import { existsSync, mkdirSync, readFileSync, readdirSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "./until.ts";

const top = "/sys/fs/cgroup";

/** Version 2: one hierarchy for all controllers. */
export function hasUnifiedCgroups(): boolean {
  return existsSync(join(top, "cgroup.controllers"));
}

/** The hierarchies: one in version 2, one per controller in version 1. */
function hierarchies(): string[] {
  if (hasUnifiedCgroups()) return [top];
  const found = readFileSync("/proc/mounts", "utf8").matchAll(/^\S+ (\S+) cgroup2? /gm);
  return [...found].map((match) => match[1]!);
}

/** Makes the group under which all pods' groups are; returns its name as the kubelet wants it. */
export function makeCgroup(name: string): string {
  for (const hierarchy of hierarchies()) {
    mkdirSync(join(hierarchy, name), { recursive: true });
    // Version 1: a new group has no processors and no memory nodes until it is given its parent's.
    for (const file of ["cpuset.cpus", "cpuset.mems"]) {
      const path = join(hierarchy, name, file);
      if (hierarchy !== top && existsSync(path)) writeFileSync(path, readFileSync(join(hierarchy, file)));
    }
  }
  return `/${name}`;
}

/** Folders of the group that exist. */
export function cgroupsNamed(name: string): string[] {
  return hierarchies()
    .map((hierarchy) => join(hierarchy, name.slice(1)))
    .filter((folder) => existsSync(folder));
}

function removeTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  }
  rmdirSync(folder);
}

/** Removes the group and all below it, as soon as the kernel has let go of their processes. */
export async function removeCgroup(name: string): Promise<void> {
  for (const hierarchy of hierarchies()) {
    const folder = join(hierarchy, name.slice(1));
    await until(
      `removal of ${folder}`,
      () => {
        if (existsSync(folder)) removeTree(folder);
        return true;
      },
      { timeoutMs: 30_000 },
    );
  }
}
