// npm run gen: writes generated files anew (messages from .proto, the API's description, its client's types).
// npm run gen:check: the same, and fails when that changed anything, so that nobody forgets to commit them.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib/root.mjs";
import { say, step } from "./lib/step.mjs";

/** Every file that git knows or would take, with a hash of its contents. */
function snapshot() {
  const listed = spawnSync("git", ["ls-files", "-z", "-c", "-o", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
  });
  if (listed.status !== 0) throw new Error(`git ls-files: ${listed.stderr}`);
  const files = listed.stdout.split("\0").filter((file) => file !== "" && existsSync(join(root, file)));
  return new Map(
    files.map((file) => [
      file,
      createHash("sha256")
        .update(readFileSync(join(root, file)))
        .digest("hex"),
    ]),
  );
}

const before = snapshot();
await step("generated files of every workspace", "npm", ["run", "gen", "--workspaces", "--if-present"], { cwd: root });
await step("reference of the preload library's options", "make", ["-C", "preload", "--no-print-directory", "docs"], {
  cwd: root,
});
const after = snapshot();
const changed = [...after].filter(([file, hash]) => before.get(file) !== hash).map(([file]) => file);
for (const file of changed) say(`  changed: ${file}`);
if (process.argv.includes("--check") && changed.length > 0) {
  say("gen:check: these files were not up to date; they are now. Commit them.");
  process.exitCode = 1;
}
