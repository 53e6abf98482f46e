// npm packages: `npm ci` when what is installed is not what package-lock.json says.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { node, root, stateDir } from "./root.mjs";
import { step } from "./step.mjs";

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), "utf8"));
}

function suitsThisMachine({ os, cpu, libc }) {
  const glibc = process.report?.getReport().header.glibcVersionRuntime !== undefined;
  const suits = (wanted, have) => wanted === undefined || wanted.includes(have);
  return suits(os, process.platform) && suits(cpu, process.arch) && suits(libc, glibc ? "glibc" : "musl");
}

/** Packages that may be absent: those for other machines, and optional ones that do not say for which machine they are. */
function mayBeAbsent(entry) {
  if (entry.peer) return true;
  return Boolean(entry.optional) && (entry.cpu === undefined || !suitsThisMachine(entry));
}

/** npm keeps a copy of the lock in node_modules once an installation is complete. */
function isInstalled() {
  if (!existsSync(join(root, "node_modules/.package-lock.json"))) return false;
  const installed = readJson("node_modules/.package-lock.json").packages;
  const wanted = readJson("package-lock.json").packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes("node_modules/") || mayBeAbsent(entry)) return true;
    const found = installed[path];
    return found !== undefined && found.version === entry.version && found.integrity === entry.integrity;
  });
}

function wantedNodeVersion() {
  return readJson("package-lock.json").packages["node_modules/node"].version;
}

function versionOf(binary) {
  return spawnSync(binary, ["--version"], { encoding: "utf8" }).stdout?.trim();
}

/**
 * npm leaves out optional packages that do not name its own Node's version as supported, and the native parts of our tools
 * are such packages. So where the machine's Node is older, npm itself runs on a Node 24 that is fetched first.
 */
async function nodeForNpm(environment) {
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.execPath;
  const folder = join(stateDir, "node");
  const binary = join(folder, "node_modules/.bin/node");
  const version = wantedNodeVersion();
  if (versionOf(binary) === `v${version}`) return binary;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, allowScripts: { node: true } }));
  const words = ["install", "--no-save", "--no-audit", "--no-fund", `node@${version}`];
  await step(`Node.js ${version} for npm`, "npm", words, { cwd: folder, env: environment });
  return binary;
}

/** The npm of this machine as a script, so that any Node can run it. */
function npmScript() {
  const named = process.env.npm_execpath;
  if (named?.endsWith(".js")) return named;
  const found = spawnSync("sh", ["-c", "command -v npm"], { encoding: "utf8" }).stdout.trim();
  if (found === "") throw new Error("npm is not on the PATH: apt-get install npm");
  return realpathSync(found);
}

/**
 * `npm ci` in a folder of the checkout, on a Node that the packages accept. Twice if need be: the npm of Debian 12 fails now and
 * then when a download breaks off (EEXIST in its cache).
 */
export async function runNpmCi(label, folder = root, options = []) {
  const environment = { ...process.env, SCARF_ANALYTICS: "false", NEXT_TELEMETRY_DISABLED: "1" };
  // What `npm run` says about its own project is not for the npm that it starts in another folder.
  for (const name of Object.keys(environment)) {
    if (/^npm_(package|lifecycle|command|config_local_prefix)/.test(name)) delete environment[name];
  }
  const script = npmScript();
  const binary = await nodeForNpm(environment);
  const path = `${join(binary, "..")}:${environment.PATH}`;
  const install = (name) =>
    step(name, binary, [script, "ci", "--no-audit", "--no-fund", ...options], {
      cwd: folder,
      env: { ...environment, PATH: path },
    });
  await install(label).catch(({ message }) => install(`${message}: once more`));
}

export async function installNpmPackages() {
  let worked = false;
  if (!isInstalled()) {
    await runNpmCi("npm packages, as package-lock.json says");
    worked = true;
  }
  const works = () => versionOf(node) === `v${wantedNodeVersion()}`;
  // An npm that does not run install scripts leaves out the one step of the `node` package.
  if (!works()) {
    const folder = join(root, "node_modules/node");
    await step("Node.js for this checkout", process.execPath, ["installArchSpecificPackage.js"], { cwd: folder });
    worked = true;
  }
  if (!works()) throw new Error(`${node} does not start; remove node_modules and run npm run setup again`);
  if (!isInstalled()) throw new Error("npm ci left packages out; remove node_modules and run npm run setup again");
  return worked;
}
