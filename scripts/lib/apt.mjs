// Installs missing Debian or Ubuntu packages.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { packagesFor } from "./packages.mjs";
import { say, step } from "./step.mjs";

const policy = "/usr/sbin/policy-rc.d";

function run(command, args) {
  return spawnSync(command, args, { encoding: "utf8" });
}

function isInstalled(name) {
  return run("dpkg-query", ["-W", "-f=${db:Status-Status}", name]).stdout === "installed";
}

function hasCandidate(name) {
  const found = run("apt-cache", ["policy", name]).stdout ?? "";
  const candidate = /Candidate: (\S+)/.exec(found)?.[1];
  // Ubuntu's chromium is an empty package that asks for snap.
  const needsSnap = name === "chromium" && run("apt-cache", ["show", name]).stdout?.includes("snap");
  return candidate !== undefined && candidate !== "(none)" && !needsSnap;
}

function administrator() {
  if (process.getuid?.() === 0) return [];
  if (run("sudo", ["-n", "true"]).status === 0) return ["sudo", "-n"];
  if (process.stdin.isTTY && run("sh", ["-c", "command -v sudo"]).status === 0) {
    spawnSync("sudo", ["-v"], { stdio: "inherit" });
    return ["sudo"];
  }
  return null;
}

/** Package scripts must not start daemons such as a redis-server on its default port. */
async function withoutDaemons(action) {
  const ours = process.getuid?.() === 0 && !existsSync(policy);
  if (ours) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    return await action();
  } finally {
    if (ours) rmSync(policy, { force: true });
  }
}

async function aptGet(prefix, args, title) {
  const environment = ["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"];
  const words = [...prefix, ...environment, "apt-get", "-q", "-o", "DPkg::Lock::Timeout=120", ...args];
  return step(title, words[0], words.slice(1));
}

/** Installs what the purpose needs and is not there; true if it did something. */
export async function installPackages(purpose) {
  const wanted = packagesFor(purpose);
  if (run("dpkg-query", ["--version"]).error) return adviseWithoutApt(wanted);
  const missing = [...wanted].filter(([name]) => !isInstalled(name));
  if (missing.length === 0) return false;
  const needed = missing.filter(([, { optional }]) => !optional);

  const prefix = administrator();
  const names = missing.map(([name]) => name);
  if (prefix === null) {
    if (needed.length === 0) return false;
    throw new Error(
      `packages are missing and neither root nor sudo is at hand. Run: apt-get install --no-install-recommends ${names.join(" ")}`,
    );
  }
  say(`  packages for ${purpose}, from the distribution:`);
  for (const [name, { reason }] of missing) say(`    ${name.padEnd(16)} ${reason}`);
  if (!names.every(hasCandidate)) await aptGet(prefix, ["update"], "apt-get update");
  const found = names.filter(hasCandidate);
  for (const name of names.filter((each) => !found.includes(each))) {
    if (!wanted.get(name).optional)
      throw new Error(`this distribution has no package ${name}; Debian 12 and Ubuntu 24.04 do`);
    say(`    ${name}: not in this distribution; what needs it will be skipped by name`);
  }
  if (found.length === 0) return false;
  const install = ["install", "-y", "--no-install-recommends", ...found];
  await withoutDaemons(() =>
    aptGet(prefix, install, "apt-get install").catch(async () => {
      await aptGet(prefix, ["update"], "apt-get update (the package lists were old)");
      await aptGet(prefix, install, "apt-get install, again");
    }),
  );
  return true;
}

function adviseWithoutApt(wanted) {
  say("  this machine has no apt; please see that it has the equivalents of these Debian packages:");
  say(`    ${[...wanted.keys()].join(" ")}`);
  return false;
}
