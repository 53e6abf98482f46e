import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../programs", import.meta.url));

export const variants = ["glibc-O0", "glibc-O2", "musl-O0", "musl-O2"] as const;
export type Variant = (typeof variants)[number];

/** Builds all test programs; quick when nothing has changed. */
export function buildPrograms(): void {
  const made = spawnSync("make", ["-s", "-C", folder], { encoding: "utf8" });
  if (made.status !== 0) throw new Error(`the test programs do not build:\n${made.stderr}`);
}

export function program(name: string, variant: Variant = "glibc-O2"): string {
  return join(folder, "build", variant, name);
}

export function hasVariant(variant: Variant): boolean {
  return !variant.startsWith("musl") || spawnSync("sh", ["-c", "command -v musl-gcc"]).status === 0;
}

/** Input files and scripts of profiled programs. */
export function data(name: string): string {
  return join(folder, "data", name);
}

/** The library that counts for itself. */
export function countingShim(): string {
  const file = join(folder, "build/libcount.so");
  if (!existsSync(file)) throw new Error(`${file} is missing: buildPrograms() first`);
  return file;
}
