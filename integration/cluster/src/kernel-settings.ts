import { readFileSync, writeFileSync } from "node:fs";

/** The kubelet sets these for the whole machine. */
const names = [
  "vm/overcommit_memory",
  "vm/panic_on_oom",
  "kernel/panic",
  "kernel/panic_on_oops",
  "kernel/keys/root_maxkeys",
  "kernel/keys/root_maxbytes",
];

export type KernelSettings = Record<string, string>;

export function readKernelSettings(): KernelSettings {
  const settings: KernelSettings = {};
  for (const name of names) {
    try {
      settings[name] = readFileSync(`/proc/sys/${name}`, "utf8").trim();
    } catch {
      // A kernel without it: the kubelet does not set it either.
    }
  }
  return settings;
}

export function restoreKernelSettings(before: KernelSettings): void {
  for (const [name, value] of Object.entries(before)) writeFileSync(`/proc/sys/${name}`, value);
}
