// npm packages: `npm ci` when what is installed is not what package-lock.json says.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { node, root } from "./root.mjs";
import { step } from "./step.mjs";

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}

/** npm keeps a copy of the lock in node_modules once an installation is complete; entries for other platforms are absent there. */
function isInstalled() {
  if (!existsSync(join(root, "node_modules/.package-lock.json"))) return false;
  const installed = readJson("node_modules/.package-lock.json").packages;
  const wanted = readJson("package-lock.json").packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes("node_modules/") || entry.optional || entry.peer) return true;
    const found = installed[path];
    return found !== undefined && found.version === entry.version && found.integrity === entry.integrity;
  });
}

function nodeWorks() {
  const wanted = `v${readJson("package-lock.json").packages["node_modules/node"].version}`;
  return spawnSync(node, ["--version"], { encoding: "utf8" }).stdout?.trim() === wanted;
}

export async function installNpmPackages() {
  let worked = false;
  if (!isInstalled()) {
    await step("npm packages, as package-lock.json says", "npm", ["ci", "--no-audit", "--no-fund"], {
      cwd: root,
      env: { ...process.env, SCARF_ANALYTICS: "false", NEXT_TELEMETRY_DISABLED: "1" },
    });
    worked = true;
  }
  // An npm that does not run install scripts leaves out the one step of the `node` package.
  if (!nodeWorks()) {
    await step("Node.js for this checkout", process.execPath, ["installArchSpecificPackage.js"], {
      cwd: join(root, "node_modules/node"),
    });
    worked = true;
  }
  if (!nodeWorks()) throw new Error(`${node} does not start; remove node_modules and run npm run setup again`);
  return worked;
}
