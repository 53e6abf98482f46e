// npm run build: what this machine runs is built by the set-up, which has just run. Here the preload library is built for the
// other architectures, and the content of the init image for each. Then it says what there is.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { root } from "./lib/root.mjs";
import { architectures, missingFor } from "./lib/architectures.mjs";
import { say, step } from "./lib/step.mjs";

const artefacts = [
  "services/clickhouse/dist/main.js",
  "services/ingester/dist/main.js",
  "services/api/dist/main.js",
  "services/gui/.next/BUILD_ID",
  "services/cli/dist/main.js",
  "grafana-plugin/dist/module.js",
];

for (const arch of architectures()) {
  const absent = missingFor(arch).filter((name) => name !== "qemu-user");
  if (absent.length > 0) {
    say(`  skipped: preload for ${arch} needs ${absent.join(", ")}`);
    continue;
  }
  const words = ["-C", "preload", "-j2", `ARCH=${arch}`, "all", "image"];
  await step(`preload library for ${arch}`, "make", words, { cwd: root });
  artefacts.push(`preload/build/${arch}/libheaphound.so`);
}

let missing = 0;
for (const artefact of artefacts) {
  const path = join(root, artefact);
  const found = existsSync(path);
  if (!found) missing++;
  say(`  ${artefact.padEnd(40)} ${found ? `${Math.ceil(statSync(path).size / 1024)} KiB` : "MISSING"}`);
}
if (missing > 0) say("build: incomplete; npm run clean && npm run build starts over");
process.exitCode = missing > 0 ? 1 : 0;
