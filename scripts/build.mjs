// npm run build: everything is built by the set-up, which has just run. This says what there is.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib/root.mjs";
import { say } from "./lib/step.mjs";

const artefacts = [
  "preload/build/amd64/libheaphound.so",
  "services/clickhouse/dist/main.js",
  "services/ingester/dist/main.js",
  "services/api/dist/main.js",
  "services/gui/.next/BUILD_ID",
  "services/cli/dist/main.js",
];

let missing = 0;
for (const artefact of artefacts) {
  const path = join(root, artefact);
  const found = existsSync(path);
  if (!found) missing++;
  say(`  ${artefact.padEnd(40)} ${found ? `${Math.ceil(statSync(path).size / 1024)} KiB` : "MISSING"}`);
}
if (missing > 0) say("build: incomplete; npm run clean && npm run build starts over");
process.exitCode = missing > 0 ? 1 : 0;
