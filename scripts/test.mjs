// npm test: every suite but `programs`, `sanitizers`, `containers` and `cluster`, or those that are named (native, architectures,
// unit, pipeline, browser, grafana, programs, sanitizers, containers, cluster; e2e = pipeline, browser and grafana). Ends with a line
// of its own: N passed, N failed, N skipped.
import "./lib/node24.mjs";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { architectures, missingFor } from "./lib/architectures.mjs";
import { node, root, stateDir } from "./lib/root.mjs";
import { say } from "./lib/step.mjs";

const vitest = join(root, "node_modules/vitest/vitest.mjs");
/** Databases and Java to install, the library to build twice more, Kubernetes and images: minutes that not every run needs. */
const byNameOnly = ["programs", "sanitizers", "containers", "cluster"];
const groups = { e2e: ["pipeline", "browser", "grafana"] };

/** Runs a command on this terminal; resolves with its exit code and what it printed. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.on("data", (chunk) => {
      output += chunk;
      process.stdout.write(chunk);
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}

/** Built whole in every run: the next most common architecture, the one with the other byte order, the one with 32 bits. */
const wholeLibrary = ["arm64", "s390x", "armv7"];

/** The preload library of other architectures, by an emulator: what is quick of `make ARCH=... test`, and stacks. */
async function emulated() {
  const total = { passed: 0, failed: 0, skippedNames: [] };
  for (const arch of architectures().filter((name) => name !== "amd64")) {
    const missing = missingFor(arch);
    if (missing.length > 0) {
      total.skippedNames.push(`preload ${arch}: ${missing.join(" and ")} not installed`);
      continue;
    }
    say(`--- ${arch}`);
    const target = wholeLibrary.includes(arch) ? "test-short" : "test-core";
    const { passed, failed, skippedNames } = await native(target, ["-j2", "-Otarget", `ARCH=${arch}`]);
    total.passed += passed;
    total.failed += failed;
    total.skippedNames.push(...skippedNames);
  }
  return total;
}

/** Each C test target ends with a line `[NAME: ]N passed, N failed`; lines `skip NAME` say what was skipped. */
async function native(target, variables = []) {
  const words = ["-C", "preload", "--no-print-directory", "-k", ...variables, target];
  const { code, output } = await run("make", words);
  const lines = [...output.matchAll(/^(?:[a-z]+: )?(\d+) passed, (\d+) failed/gm)];
  const sum = (index) => lines.reduce((total, line) => total + Number(line[index]), 0);
  const skippedNames = [...output.matchAll(/^skip (.*)$/gm)].map((match) => match[1]);
  return { passed: sum(1), failed: sum(2) || (code === 0 ? 0 : 1), skippedNames };
}

function readVitest(file, code) {
  if (!existsSync(file)) return { passed: 0, failed: 1, skippedNames: [] };
  const report = JSON.parse(readFileSync(file, "utf8"));
  const tests = report.testResults.flatMap((each) => each.assertionResults);
  const withStatus = (...statuses) => tests.filter((test) => statuses.includes(test.status));
  const failed = withStatus("failed").length;
  return {
    passed: withStatus("passed").length,
    failed: failed || (code === 0 ? 0 : 1),
    skippedNames: withStatus("pending", "skipped", "todo").map((test) => test.fullName),
  };
}

async function vitestSuite(name) {
  const file = join(stateDir, `vitest-${name}.json`);
  mkdirSync(stateDir, { recursive: true });
  rmSync(file, { force: true });
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  const { code } = await run(node, [vitest, "run", "--project", name, ...reporters]);
  return readVitest(file, code);
}

const suites = {
  native: () => native("test"),
  architectures: () => emulated(),
  unit: () => vitestSuite("unit"),
  pipeline: () => vitestSuite("pipeline"),
  browser: () => vitestSuite("browser"),
  grafana: () => vitestSuite("grafana"),
  programs: () => native("test-real-all"),
  sanitizers: () => native("test-sanitized"),
  containers: () => vitestSuite("containers"),
  cluster: () => vitestSuite("cluster"),
};

function chosen(words) {
  const names = words.flatMap((word) => groups[word] ?? [word]);
  const unknown = names.find((name) => !(name in suites));
  if (unknown !== undefined) throw new Error(`no suite "${unknown}"; suites: ${Object.keys(suites).join(", ")}, e2e`);
  return names.length === 0 ? Object.keys(suites).filter((name) => !byNameOnly.includes(name)) : names;
}

const total = { passed: 0, failed: 0, skipped: 0 };
const closing = [];
const words = process.argv.slice(2);
for (const name of chosen(words)) {
  say(`\n=== ${name} ===`);
  const started = Date.now();
  const { passed, failed, skippedNames } = await suites[name]();
  const seconds = Math.round((Date.now() - started) / 1000);
  const line = `${name}: ${passed} passed, ${failed} failed, ${skippedNames.length} skipped (${seconds} s)`;
  say(line);
  closing.push(line, ...skippedNames.map((skipped) => `  skipped: ${skipped}`));
  total.passed += passed;
  total.failed += failed;
  total.skipped += skippedNames.length;
}
if (words.length === 0) {
  closing.push(...byNameOnly.map((name) => `  skipped: ${name}, the whole suite: npm test -- ${name}`));
  total.skipped += byNameOnly.length;
}
process.stdout.write(`\n${closing.join("\n")}\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed === 0 ? 0 : 1;
