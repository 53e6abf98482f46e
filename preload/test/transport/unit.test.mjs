// Runs the C cases, each as a test of its own.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { emulator, unit } from "./binaries.mjs";

const [program, ...words] = [...emulator, unit];
const { status, signal, stdout, stderr } = spawnSync(program, words, {
  encoding: "utf8",
});
for (const line of stdout.trim().split("\n")) {
  const [, verdict, text] = /^(ok|FAIL) (.*)$/.exec(line);
  test(text.split(":")[0].replaceAll("_", " "), () => assert.equal(verdict, "ok", text));
}
test("the C cases ran to their end", () => assert.equal(status ?? signal, 0, stderr));
