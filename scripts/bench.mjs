// npm run bench [-- --quick] [names]: what profiling costs, how fast recordings arrive and are read. Names choose workloads,
// "ingest", or "modes": what recording less costs, with all workloads or those that are named beside it. --quick makes one round and writes nothing; otherwise the tables of docs/performance.md are written anew.
import "./lib/node24.mjs";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BenchDatabase } from "../bench/database.mjs";
import { ingestTable, measureIngest } from "../bench/ingest.mjs";
import { prepare } from "../bench/measure.mjs";
import { measureOverhead, overheadTable } from "../bench/overhead.mjs";
import { measureRecordingModes, recordingModesTable } from "../bench/recording-modes.mjs";
import { writeSection } from "../bench/table.mjs";
import { workloads } from "../bench/workloads.mjs";
import { root } from "./lib/root.mjs";
import { say } from "./lib/step.mjs";

const words = process.argv.slice(2);
const quick = words.includes("--quick");
const named = words.filter((word) => !word.startsWith("--"));
const parts = ["ingest", "modes"];
const unknown = named.find((name) => !parts.includes(name) && !(name in workloads));
if (unknown !== undefined) {
  say(`bench: no workload "${unknown}"; there are: ${[...Object.keys(workloads), ...parts].join(", ")}`);
  process.exit(2);
}
const chosen = named.filter((name) => name in workloads);
const onlyModes = named.includes("modes");
const names = named.length === 0 || (onlyModes && chosen.length === 0) ? Object.keys(workloads) : chosen;
const rounds = quick ? 1 : 5;

const { makeSpool, preloadLibrary, sendLeftovers, startStack } = await import(join(root, "services/cli/dist/index.js"));
prepare();
const programs = spawnSync("make", ["-s", "-C", join(root, "integration/programs")], { encoding: "utf8" });
if (programs.status !== 0) throw new Error(programs.stderr);

const folder = mkdtempSync(join(tmpdir(), "heaphound-bench-"));
const stack = await startStack({
  dataDir: join(folder, "data"),
  ports: "any",
  services: ["clickhouse", "ingester", "api"],
});
const setting = {
  stack,
  library: preloadLibrary(),
  makeSpool,
  sendLeftovers,
  folder,
  database: new BenchDatabase(stack.urls.clickhouse),
};
const commandOf = (...words) => ["npm run bench", ...(words.length === 0 ? [] : ["--", ...words])].join(" ");
try {
  if (onlyModes) {
    say(`bench: modes, ${names.length} workloads, ${rounds} rounds; ratios to the native run, medians`);
    const table = recordingModesTable(await measureRecordingModes({ ...setting, names, rounds }));
    process.stdout.write(`${table}\n\n`);
    if (!quick) writeSection("modes", commandOf(...named), table);
  } else if (names.length > 0) {
    say(`bench: ${names.length} workloads, ${rounds} rounds; ratios to the native run, medians`);
    const results = await measureOverhead({ ...setting, names, rounds });
    const table = overheadTable(results);
    process.stdout.write(`${table}\n\n`);
    if (!quick) writeSection("overhead", commandOf(...named), table);
  }
  if (named.length === 0 || named.includes("ingest")) {
    const table = ingestTable(await measureIngest(setting));
    process.stdout.write(`${table}\n`);
    if (!quick) writeSection("ingest", "npm run bench -- ingest", table);
  }
} finally {
  await stack.stop();
  rmSync(folder, { recursive: true, force: true });
}
