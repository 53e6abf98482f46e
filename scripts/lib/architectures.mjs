// The architectures that the preload library is built for, and what they need that is not here.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./root.mjs";

/** Every one that has a makefile; amd64, this machine's own, first. */
export function architectures() {
  const names = readdirSync(join(root, "preload/arch")).map((name) => name.replace(/\.mk$/, ""));
  return names.sort((a, b) => Number(b === "amd64") - Number(a === "amd64") || a.localeCompare(b));
}

/** Packages that are missing to build for it and to test it. */
export function missingFor(arch) {
  const made = spawnSync("make", ["-s", "-C", "preload", `ARCH=${arch}`, "missing"], { cwd: root, encoding: "utf8" });
  return made.stdout.split("\n").filter((name) => name !== "");
}
