// npm run clean: removes what the build makes. Downloads (node_modules, preload/build/cache) stay; --all removes these too.
import { globSync, rmSync } from "node:fs";
import { join } from "node:path";
import "./lib/node24.mjs";
import { root, stateDir } from "./lib/root.mjs";
import { say } from "./lib/step.mjs";

const all = process.argv.includes("--all");
const patterns = [
  "packages/*/dist",
  "services/*/dist",
  "services/gui/.next",
  "grafana-plugin/{dist,build}",
  "integration/programs/build",
  ...(all ? ["preload/build"] : ["preload/build/!(cache)"]),
];
for (const path of globSync(patterns, { cwd: root })) {
  say(`  ${path}`);
  rmSync(join(root, path), { recursive: true, force: true });
}
rmSync(stateDir, { recursive: true, force: true });
if (all) rmSync(join(root, "node_modules"), { recursive: true, force: true });
