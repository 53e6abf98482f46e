import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, mkdirSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { asksCluster, type GlobalOptions, type ReaderOptions } from "../context.js";
import { errorText } from "../errors.js";
import { exitCodes } from "../errors.js";
import { checkCluster } from "../kube/check.js";
import { dataDirectory, installation, preloadLibrary } from "../paths.js";
import { findingText, type Finding } from "../output/finding.js";
import { print, printJson } from "../output/print.js";
import { bytes } from "../output/units.js";
import { runningState } from "../stack/state.js";

const LEAST_FREE_BYTES = 2 * 2 ** 30;

/** Looks whether everything that Heaphound needs is here (or in a cluster) and works. Exit code 1 when something is missing. */
export async function check(options: ReaderOptions & { json?: boolean }): Promise<void> {
  const findings = asksCluster(options) ? await checkCluster(options) : checkMachine(options);
  if (options.json === true) printJson({ ok: findings.every((each) => each.ok), findings });
  else for (const finding of findings) print(findingText(finding));
  if (!findings.every((each) => each.ok)) process.exitCode = exitCodes.failed;
}

function checkMachine(options: GlobalOptions): Finding[] {
  return [
    checkNode(),
    checkPreload(),
    checkSymbolizer(),
    ...["clickhouse", "ingester", "api"].map((name) => checkBuilt(name, `services/${name}/dist/main.js`)),
    checkBuilt("gui", "services/gui/.next/BUILD_ID"),
    checkData(dataDirectory(options.data)),
    checkStack(dataDirectory(options.data)),
  ];
}

function checkNode(): Finding {
  const ok = Number(process.versions.node.split(".")[0]) >= 24;
  return {
    what: "Node.js",
    ok,
    detail: process.version,
    advice: "Start the CLI through npm run heaphound, which uses the project's Node 24.",
  };
}

/** Preloads the library into a real program: the loader complains on standard error when it cannot use it. */
function checkPreload(): Finding {
  try {
    const library = preloadLibrary();
    const probe = spawnSync("/bin/true", { env: { LD_PRELOAD: library, HEAPHOUND_DISABLED: "1" }, encoding: "utf8" });
    const ok = probe.status === 0 && probe.stderr === "";
    return {
      what: "preload library",
      ok,
      detail: ok ? library : probe.stderr.trim(),
      advice: "Build it again: make -C preload",
    };
  } catch (error) {
    return { what: "preload library", ok: false, detail: errorText(error), advice: "npm run setup -- --for build" };
  }
}

function checkSymbolizer(): Finding {
  const version = spawnSync("llvm-symbolizer", ["--version"], { encoding: "utf8" });
  const ok = version.status === 0;
  const line = /LLVM version \S+/.exec(ok ? version.stdout : "")?.[0] ?? "llvm-symbolizer";
  return {
    what: "symbols",
    ok,
    detail: ok ? line : "llvm-symbolizer is not on the PATH: stacks would show offsets instead of functions",
    advice: "apt-get install llvm",
  };
}

function checkBuilt(name: string, path: string): Finding {
  const ok = existsSync(join(installation, path));
  return { what: `${name} service`, ok, detail: ok ? "built" : `${path} is missing`, advice: "npm run setup" };
}

function checkData(dataDir: string): Finding {
  const what = "data directory";
  try {
    mkdirSync(dataDir, { recursive: true });
    accessSync(dataDir, constants.W_OK);
    const { bavail, bsize } = statfsSync(dataDir);
    const free = bavail * bsize;
    return {
      what,
      ok: free >= LEAST_FREE_BYTES,
      detail: `${dataDir}, ${bytes(free)} free`,
      advice: "Recordings are large; name a larger disk with --data DIR.",
    };
  } catch (error) {
    return { what, ok: false, detail: errorText(error), advice: "Name a directory that can be written: --data DIR" };
  }
}

function checkStack(dataDir: string): Finding {
  const state = runningState(dataDir);
  const bad = state?.services.filter((each) => each.state !== "ready") ?? [];
  if (state === null) return { what: "stack", ok: true, detail: "does not run; heaphound up or run starts it" };
  const detail =
    bad.length === 0 ? `runs, ${state.urls.gui}` : bad.map((each) => `${each.name} is ${each.state}`).join(", ");
  return { what: "stack", ok: bad.length === 0, detail, advice: `The logs are in ${join(dataDir, "logs")}.` };
}
