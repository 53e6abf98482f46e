// Brings this checkout to where everything can run: packages of the distribution, npm packages (Node 24 among them), the
// preload library, the services, the GUI. Plain JavaScript for the Node 18 of Debian 12. Each step first looks whether
// anything is to do, so running it again costs a fraction of a second.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { installPackages } from "./lib/apt.mjs";
import { withLock } from "./lib/lock.mjs";
import { installNpmPackages, runNpmCi } from "./lib/npm.mjs";
import { node, root } from "./lib/root.mjs";
import { hashOf, isDone, markDone } from "./lib/stamp.mjs";
import { say, step } from "./lib/step.mjs";

const sources = /\.(c|h|S|def|mk|map|ts|tsx|js|css|json|proto|sql|mjs)$|Makefile$|\/(fetch|build|sources)$/;

function parseArguments(words) {
  const at = words.indexOf("--for");
  return { purpose: at < 0 ? "test" : words[at + 1], quiet: words.includes("--quiet") };
}

/** Runs the action when the inputs differ from those of its last success. */
async function whenChanged({ name, inputs, outputs }, action) {
  const hash = hashOf(inputs, (file) => sources.test(file));
  if (isDone(name, hash, outputs)) return false;
  await action();
  markDone(name, hash);
  return true;
}

const preload = {
  name: "preload",
  inputs: ["preload", "packages/wire/proto"],
  outputs: ["preload/build/amd64/libheaphound.so"],
};
const services = {
  name: "services",
  inputs: [
    "packages",
    ...["api", "cli", "clickhouse", "ingester", "injector"].map((name) => `services/${name}`),
    "package-lock.json",
    "tsconfig.json",
    "tsconfig.base.json",
  ],
  outputs: ["services/cli/dist/main.js", "services/api/dist/main.js", "services/ingester/dist/main.js"],
};
const gui = {
  name: "gui",
  inputs: ["services/gui", "packages/query", "package-lock.json"],
  outputs: ["services/gui/.next/BUILD_ID"],
};

/** The plugin for Grafana has its own lock file: 441 packages that nothing else needs. */
const grafanaPackages = {
  name: "grafana-packages",
  inputs: ["grafana-plugin/package.json", "grafana-plugin/package-lock.json"],
  outputs: ["grafana-plugin/node_modules/.package-lock.json"],
};
const grafana = {
  name: "grafana",
  inputs: ["grafana-plugin", "dashboards", "packages/query/src/shapes", "package-lock.json"],
  outputs: ["grafana-plugin/dist/module.js", "grafana-plugin/build/page.js"],
};

/** Purposes that need it. */
const grafanaFor = new Set(["test", "architectures"]);

function installGrafanaPackages() {
  return runNpmCi("npm packages of the plugin for Grafana", join(root, "grafana-plugin"), ["--ignore-scripts"]);
}

async function buildGrafana() {
  for (const script of ["build.mjs", "harness/build.mjs"])
    await step(`plugin for Grafana (${script})`, node, [script], { cwd: join(root, "grafana-plugin") });
}

function buildPreload() {
  return step("preload library (make -C preload)", "make", ["-C", "preload", "-j2"], { cwd: root });
}

function buildServices() {
  return step("services (tsc -b)", node, ["node_modules/typescript/bin/tsc", "-b"], { cwd: root });
}

function buildGui() {
  const next = join(root, "node_modules/next/dist/bin/next");
  return step("GUI (next build)", node, [next, "build"], {
    cwd: join(root, "services/gui"),
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: "1" },
  });
}

/** One waits for the network, the other for the processor. */
async function preloadAndPackages(purpose) {
  const downloads = grafanaFor.has(purpose) && whenChanged(grafanaPackages, installGrafanaPackages);
  const worked = await Promise.allSettled([whenChanged(preload, buildPreload), downloads]);
  const failed = worked.find(({ status }) => status === "rejected");
  if (failed) throw failed.reason;
  return worked.some(({ value }) => value);
}

async function setUp(purpose) {
  const withGrafana = grafanaFor.has(purpose) ? [() => whenChanged(grafana, buildGrafana)] : [];
  const steps = [
    () => installPackages(purpose),
    () => installNpmPackages(),
    () => preloadAndPackages(purpose),
    () => whenChanged(services, buildServices),
    () => whenChanged(gui, buildGui),
    ...withGrafana,
  ];
  let worked = false;
  for (const each of steps) worked = (await each()) || worked;
  return worked;
}

async function main() {
  const { purpose, quiet } = parseArguments(process.argv.slice(2));
  if (process.platform !== "linux")
    throw new Error("Heaphound profiles Linux programs and needs Linux; a container will do");
  if (!existsSync(join(root, "package-lock.json")))
    throw new Error(`${root} is not a whole checkout: package-lock.json is missing`);
  if (!quiet) say(`setup for ${purpose}`);
  const started = Date.now();
  const worked = await withLock("setup", () => setUp(purpose));
  if (worked || !quiet)
    say(`setup: ${worked ? "done" : "nothing to do"} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
}

main().catch((error) => {
  if (error.output) process.stderr.write(`${error.output.split("\n").slice(-60).join("\n")}\n`);
  say(`setup: ${error.message}`);
  process.exit(1);
});
