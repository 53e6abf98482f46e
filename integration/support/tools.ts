import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";

/** True when the machine has all of these programs. Tests that need others are skipped, and say so in their names. */
export function hasTools(...names: readonly string[]): boolean {
  return names.every((name) => spawnSync("sh", ["-c", `command -v "${name}"`]).status === 0);
}

/** The C++ compiler proper, which g++ runs. Null when there is no g++. */
export function findCc1plus(): string | null {
  const found = spawnSync("g++", ["-print-prog-name=cc1plus"], { encoding: "utf8" });
  const path = found.status === 0 ? found.stdout.trim() : "";
  return path.startsWith("/") && existsSync(path) ? path : null;
}

/** Debian's Python, not a version manager's script. */
export function findPython(): string | null {
  return existsSync("/usr/bin/python3") ? "/usr/bin/python3" : null;
}

/** The folder of headers for this machine, which g++ passes to cc1plus. */
export function multiarch(): string {
  return readdirSync("/usr/include").find((name) => /^[a-z0-9_]+-linux-gnu/.test(name)) ?? "";
}
