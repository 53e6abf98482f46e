// Before the suite: the cluster with all images; after it: nothing left. HEAPHOUND_KEEP_CLUSTER=1 leaves it running, and the
// next run finds it. HEAPHOUND_CLUSTER=k3s: in k3s in a container instead.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { whyNoBaseImage } from "../../src/base-image.ts";
import { Cluster } from "../../src/cluster.ts";
import type { Containerd } from "../../src/containerd.ts";
import { whyNoDocker } from "../../src/docker.ts";
import { buildFixture, fixtureNames } from "../../src/fixtures.ts";
import { withServiceImages } from "../../src/images.ts";
import { leftBehind, tracesOf } from "../../src/left-behind.ts";
import { step } from "../../src/progress.ts";
import { whyNoCluster } from "../../src/requirements.ts";
import { readState } from "../../src/state.ts";
import { startK3s, whyNoK3s } from "./k3s.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** Empty if the cluster runs. */
    whyNoCluster: string;
  }
}

export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (Cluster.given !== undefined) {
    project.provide("whyNoCluster", "");
    return undefined;
  }
  if (process.env.HEAPHOUND_CLUSTER === "k3s") return setupK3s(project);
  const reason = (await whyNoCluster()) ?? (await whyNoDocker()) ?? (await whyNoBaseImage());
  project.provide("whyNoCluster", reason ?? "");
  if (reason !== undefined) return undefined;
  await Cluster.up(giveImages);
  return process.env.HEAPHOUND_KEEP_CLUSTER === "1" ? undefined : endCluster;
}

async function setupK3s(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  const reason = (await whyNoK3s()) ?? (await whyNoBaseImage());
  project.provide("whyNoCluster", reason ?? "");
  if (reason !== undefined) return undefined;
  const { kubeconfig, stop } = await startK3s();
  process.env.HEAPHOUND_CLUSTER_KUBECONFIG = kubeconfig;
  return stop;
}

async function endCluster(): Promise<void> {
  const traces = tracesOf(readState()!);
  await Cluster.down();
  const left = await leftBehind(traces);
  if (left.length > 0) throw new Error(`the cluster has left behind:\n${left.join("\n")}`);
}

async function giveImages(containerd: Containerd): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "heaphound-fixtures-"));
  try {
    for (const name of fixtureNames) await containerd.importArchive(await buildFixture(name, folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  await withServiceImages(
    (images) => step("images given to the node", () => containerd.importBuilt(images)),
    ["ingester", "api", "clickhouse", "injector"],
  );
}
