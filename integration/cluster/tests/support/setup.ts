// Before the suite: the cluster with all images; after it: nothing left. HEAPHOUND_KEEP_CLUSTER=1 leaves it running, and the
// next run finds it.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { whyNoBaseImage } from "../../src/base-image.ts";
import { Cluster } from "../../src/cluster.ts";
import { whyNoDocker } from "../../src/docker.ts";
import { buildFixture, fixtureNames } from "../../src/fixtures.ts";
import { serviceImages } from "../../src/images.ts";
import { kubeBinaries } from "../../src/kube-binary.ts";
import { step } from "../../src/progress.ts";
import { whyNoCluster } from "../../src/requirements.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Empty if the cluster runs. */
    whyNoCluster: string;
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const reason = (await whyNoCluster()) ?? (await whyNoDocker()) ?? (await whyNoBaseImage());
  project.provide("whyNoCluster", reason ?? "");
  if (reason !== undefined) return undefined;
  // The one keeps the processors busy, the other the network.
  const [archive] = await Promise.all([serviceImages(), kubeBinaries()]);
  const cluster = await Cluster.up();
  await step("images given to the node", () => giveImages(cluster, archive));
  return process.env.HEAPHOUND_KEEP_CLUSTER === "1" ? undefined : () => Cluster.down();
}

async function giveImages(cluster: Cluster, archive: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "heaphound-fixtures-"));
  try {
    await cluster.importImage(archive);
    for (const name of fixtureNames) await cluster.importImage(await buildFixture(name, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
