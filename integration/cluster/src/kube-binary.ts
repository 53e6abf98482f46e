// Kubernetes and etcd from their Go modules: one program, built once per content of kube/ and Go version.
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.ts";
import { withLock } from "./lock.ts";
import { cacheDir, here } from "./paths.ts";
import { step } from "./progress.ts";

export const components = [
  "etcd",
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubelet",
  "kube-proxy",
] as const;

const sources = join(here, "kube");

/** The version that go.mod asks for, e.g. 1.35.4. */
export function kubernetesVersion(): string {
  const found = /^\tk8s\.io\/kubernetes v(\S+)$/m.exec(readFileSync(join(sources, "go.mod"), "utf8"));
  if (!found) throw new Error(`${sources}/go.mod requires no k8s.io/kubernetes`);
  return found[1]!;
}

function contentHash(goVersion: string): string {
  const hash = createHash("sha256").update(goVersion);
  for (const name of readdirSync(sources).sort()) hash.update(name).update(readFileSync(join(sources, name)));
  return hash.digest("hex").slice(0, 16);
}

/** Folder with one name per component; builds it if it is not there. */
export async function kubeBinaries(): Promise<string> {
  const folder = join(cacheDir, `kube-${contentHash(await run(["go", "version"]))}`);
  const ready = (): boolean => existsSync(folder);
  if (ready()) return folder;
  return withLock(join(cacheDir, "kube.lock"), async () => {
    if (!ready()) await step("Kubernetes from its Go modules (minutes, once)", () => build(folder));
    return folder;
  });
}

async function build(folder: string): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  cpSync(sources, join(unfinished, "src"), { recursive: true });
  const version = kubernetesVersion();
  const [major, minor] = version.split(".");
  // Without these the server calls itself v0.0.0-master, and charts that ask for a version refuse it.
  const names = { gitVersion: `v${version}`, gitMajor: major, gitMinor: minor };
  const stamps = Object.entries(names).map(([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`);
  const flags = ["-trimpath", "-buildvcs=false", "-mod=readonly", "-ldflags", `-s -w ${stamps.join(" ")}`];
  await run(["nice", "-n", "5", "go", "build", ...flags, "-o", join(unfinished, "kube"), "."], {
    cwd: join(unfinished, "src"),
    env: { ...process.env, CGO_ENABLED: "0", GOTOOLCHAIN: "local" },
  });
  rmSync(join(unfinished, "src"), { recursive: true });
  for (const name of components) symlinkSync("kube", join(unfinished, name));
  renameSync(unfinished, folder);
}
