// "Is anything to do?" answered by a hash of the inputs, kept beside the state of the scripts.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { root, stateDir } from "./root.mjs";

const skipped = new Set(["next-env.d.ts", "node_modules", "dist", "build", ".next", ".git", ".heaphound"]);

function* filesBelow(path) {
  if (!existsSync(path)) return;
  if (statSync(path).isFile()) return yield path;
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (skipped.has(entry.name)) continue;
    if (entry.isDirectory()) yield* filesBelow(join(path, entry.name));
    else if (entry.isFile()) yield join(path, entry.name);
  }
}

/** Hash over names and contents of the files below the paths (relative to the checkout). */
export function hashOf(paths, accept = () => true) {
  const hash = createHash("sha256");
  const files = paths.flatMap((path) => [...filesBelow(join(root, path))]).filter(accept);
  for (const file of files.sort()) {
    hash.update(`${relative(root, file)}\0`);
    hash.update(readFileSync(file));
  }
  return hash.digest("hex");
}

const fileOf = (name) => join(stateDir, `${name}.stamp`);

export function isDone(name, hash, outputs) {
  if (!outputs.every((output) => existsSync(join(root, output)))) return false;
  return existsSync(fileOf(name)) && readFileSync(fileOf(name), "utf8") === hash;
}

export function markDone(name, hash) {
  mkdirSync(stateDir, { recursive: true });
  writeFileSync(fileOf(name), hash);
}
