// Runs every *.test.mjs here, those about connections once more over TLS, and prints "N passed, N failed".
import { globSync } from "node:fs";
import { resolve } from "node:path";
import { run } from "node:test";

const chosen = process.argv[2] ?? "*"; // one of them, while working on it
const all = globSync(`${chosen}.test.mjs`, { cwd: import.meta.dirname }).sort();
const alsoSecure = all.filter((name) => ["grpc", "hostile", "silence"].includes(name.split(".")[0]));
let passed = 0;
let failed = 0;

/** Resolves when all have run. */
function runFiles(names, how) {
  const files = names.map((name) => resolve(import.meta.dirname, name));
  const events = run({ files, concurrency: 1, timeout: 120_000 });
  events.on("test:pass", ({ name, details }) => {
    if (details.type === "suite" || name.endsWith(".mjs")) return;
    passed++;
    console.log(`  ok ${name}${how} (${Math.round(details.duration_ms)} ms)`);
  });
  events.on("test:fail", ({ name, details }) => {
    failed++;
    console.log(`  FAIL ${name}${how}: ${details.error.cause?.stack ?? details.error.message}`);
  });
  events.on("test:stderr", ({ message }) => process.stderr.write(message));
  events.resume();
  return new Promise((done) => events.on("end", done));
}

await runFiles(all, "");
process.env.HEAPHOUND_TEST_TLS = "1";
if (alsoSecure.length > 0) await runFiles(alsoSecure, ", over TLS");
console.log(`transport: ${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
