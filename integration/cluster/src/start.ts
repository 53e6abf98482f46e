import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { joinHost } from "./addresses.ts";
import { makeCgroup } from "./cgroups.ts";
import type { ClientTools } from "./client-tools.ts";
import { attempt } from "./command.ts";
import { Containerd } from "./containerd.ts";
import { startApiServer, startControllers } from "./control-plane.ts";
import { endedWhy, startDaemon, type Start } from "./daemons.ts";
import { buildFixture } from "./fixtures.ts";
import { readKernelSettings } from "./kernel-settings.ts";
import { Keys } from "./keys.ts";
import { components, kubeBinaries } from "./kube-binary.ts";
import { nodeName, startContainerd, startKubelet, startProxy, type NodeFiles } from "./node.ts";
import { here, stateDir } from "./paths.ts";
import { step } from "./progress.ts";
import { makeSandbox, type Sandbox } from "./sandbox.ts";
import { writeState, type State } from "./state.ts";
import { until } from "./until.ts";

/** Imports what the pods will run. */
export type GiveImages = (containerd: Containerd) => Promise<void>;

export async function startCluster(tools: ClientTools, giveImages: GiveImages): Promise<void> {
  for (const folder of ["logs", "cni", "keys"]) mkdirSync(join(stateDir, folder), { recursive: true });
  const state: State = { kernelSettings: readKernelSettings() };
  const remember = (added: Partial<State>): void => writeState(Object.assign(state, added));
  remember({});
  const sandbox = await makeSandbox(stateDir);
  remember({ sandbox });
  const addresses = await joinHost(sandbox.holder.pid);
  remember({ slot: addresses.slot });
  const cgroupRoot = makeCgroup(`heaphound-cluster-${addresses.slot}`);
  remember({ cgroup: cgroupRoot });

  const keys = new Keys(join(stateDir, "keys"));
  await keys.make(addresses);
  const files = { folder: stateDir, keys, addresses, cgroupRoot };
  const [launch] = await Promise.all([startControlPlane(sandbox, files), startRuntime(sandbox, files, giveImages)]);
  launch("dns", [join(here, "src/dns.ts"), addresses.node, keys.kubeconfig("admin")], process.execPath);
  await step("node", () => startNode(launch, files, tools));
  remember({ complete: true });
}

/** Builds Kubernetes if need be, so this is what takes longest the first time. */
async function startControlPlane(sandbox: Sandbox, { keys, addresses }: NodeFiles): Promise<Start> {
  const binaries = await kubeBinaries();
  const launch: Start = (name, args, program) => {
    const isComponent = components.some((component) => component === name);
    const path = program ?? (isComponent ? join(binaries, name) : name);
    return startDaemon(sandbox, stateDir, name, [path, ...args]);
  };
  await step("API server", () => startApiServer(launch, keys, addresses));
  startControllers(launch, keys);
  return launch;
}

async function startRuntime(sandbox: Sandbox, files: NodeFiles, giveImages: GiveImages): Promise<void> {
  const containerd = new Containerd(sandbox);
  await containerd.ready(startContainerd((name, args) => startDaemon(sandbox, stateDir, name, [name, ...args]), files));
  await containerd.importArchive(await buildFixture("pause", stateDir));
  await giveImages(containerd);
}

async function startNode(launch: Start, files: NodeFiles, { kubectl }: ClientTools): Promise<void> {
  const kubelet = startKubelet(launch, files);
  startProxy(launch, files);
  const asks = [kubectl, "--kubeconfig", files.keys.kubeconfig("admin")];
  const status = "jsonpath={.status.conditions[?(@.type=='Ready')].status}";
  const isReady = async (): Promise<boolean> =>
    (await attempt([...asks, "get", "node", nodeName, "-o", status])).stdout === "True";
  await until("the node", isReady, { everyMs: 250, hopeless: () => endedWhy(kubelet) });
  // Pods of a namespace are refused until its service account exists.
  const hasAccount = async (): Promise<boolean> =>
    (await attempt([...asks, "get", "serviceaccount", "default"])).code === 0;
  await until("the default service account", hasAccount, { everyMs: 250 });
}
