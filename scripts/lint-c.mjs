// The format of C sources, by clang-format and preload/.clang-format.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { root } from "./lib/root.mjs";
import { say } from "./lib/step.mjs";

const fix = process.argv.includes("--fix");
const listed = spawnSync("git", ["ls-files", "preload/**/*.c", "preload/**/*.h"], { cwd: root, encoding: "utf8" });
const files = listed.stdout.split("\n").filter((file) => file !== "");

if (spawnSync("clang-format", ["--version"]).error) {
  say("lint-c: clang-format is not installed, so C sources were not looked at: apt-get install clang-format");
} else {
  const words = [fix ? "-i" : "--dry-run", "--Werror", `--style=file:${join(root, "preload/.clang-format")}`, ...files];
  const { status, stderr } = spawnSync("clang-format", words, { cwd: root, encoding: "utf8" });
  if (status !== 0) {
    process.stderr.write(stderr);
    say("lint-c: node scripts/lint-c.mjs --fix formats them");
  }
  process.exitCode = status === 0 ? 0 : 1;
}
