// Runs every *.test.mjs here and prints "N passed, N failed".
import { globSync } from "node:fs";
import { resolve } from "node:path";
import { run } from "node:test";

const files = globSync("*.test.mjs", { cwd: import.meta.dirname }).map((name) => resolve(import.meta.dirname, name));
let passed = 0;
let failed = 0;
const events = run({ files, concurrency: 1, timeout: 120_000 });
events.on("test:pass", ({ name, details }) => {
  if (details.type === "suite" || name.endsWith(".mjs")) return;
  passed++;
  console.log(`  ok ${name} (${Math.round(details.duration_ms)} ms)`);
});
events.on("test:fail", ({ name, details }) => {
  failed++;
  console.log(`  FAIL ${name}: ${details.error.cause?.stack ?? details.error.message}`);
});
events.on("test:stderr", ({ message }) => process.stderr.write(message));
events.on("end", () => {
  console.log(`transport: ${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
});
events.resume();
