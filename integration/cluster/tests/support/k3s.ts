// HEAPHOUND_CLUSTER=k3s: the same tests in k3s in a container, for machines whose Docker engine reaches a registry.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { K3sContainer, type StartedK3sContainer } from "@testcontainers/k3s";
import { attempt, run } from "../../src/command.ts";
import { buildFixture, fixtureNames } from "../../src/fixtures.ts";
import { withServiceImages } from "../../src/images.ts";
import { kubernetesVersion } from "../../src/kube-binary.ts";
import { step } from "../../src/progress.ts";

const image = `rancher/k3s:v${kubernetesVersion()}-k3s1`;
const services = ["ingester", "api", "clickhouse", "injector"] as const;

/** Why it cannot be had; undefined if the image is here. Without the machine's own engine it has no network to be reached by. */
export async function whyNoK3s(): Promise<string | undefined> {
  const pulled = await attempt(["docker", "pull", "--quiet", image], { timeoutMs: 300_000 });
  if (pulled.code === 0) return undefined;
  return `k3s needs ${image} from a registry: ${pulled.stderr.trim().split("\n").at(-1) ?? ""}`;
}

export interface K3s {
  kubeconfig: string;
  stop: () => Promise<void>;
}

/** A cluster of one node that has all images. */
export async function startK3s(): Promise<K3s> {
  const folder = mkdtempSync(join(tmpdir(), "heaphound-k3s-"));
  const container = await step("k3s", () => new K3sContainer(image).start());
  const stop = async (): Promise<void> => {
    await container.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    for (const archive of await archives(folder)) await give(container, archive);
  } catch (error) {
    await stop();
    throw error;
  }
  const kubeconfig = join(folder, "kubeconfig");
  writeFileSync(kubeconfig, container.getKubeConfig(), { mode: 0o600 });
  return { kubeconfig, stop };
}

async function archives(folder: string): Promise<string[]> {
  const own = join(folder, "services.tar");
  await withServiceImages(({ saveCommand }) => run([...saveCommand, "--output", own]), services);
  const fixtures: string[] = [];
  for (const name of fixtureNames) fixtures.push(await buildFixture(name, folder));
  return [own, ...fixtures];
}

async function give(container: StartedK3sContainer, source: string): Promise<void> {
  const target = "/tmp/images.tar";
  await container.copyFilesToContainer([{ source, target }]);
  const { exitCode, output } = await container.exec(["ctr", "--namespace", "k8s.io", "images", "import", target]);
  if (exitCode !== 0) throw new Error(`${source} was not imported: ${output}`);
}
