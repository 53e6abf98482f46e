import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { joinHost, leaveHost, type Addresses } from "./addresses.ts";
import { makeCgroup, removeCgroup } from "./cgroups.ts";
import { clientTools, type ClientTools } from "./client-tools.ts";
import { attempt, run, type CommandOptions, type CommandResult } from "./command.ts";
import { startApiServer, startControllers } from "./control-plane.ts";
import { startDaemon, endedWhy, type Daemon } from "./daemons.ts";
import { buildFixture } from "./fixtures.ts";
import { readKernelSettings, restoreKernelSettings, type KernelSettings } from "./kernel-settings.ts";
import { Keys } from "./keys.ts";
import { components, kubeBinaries } from "./kube-binary.ts";
import { containerdSocket, nodeName, startContainerd, startKubelet, startProxy, type NodeFiles } from "./node.ts";
import { here, stateDir } from "./paths.ts";
import { step } from "./progress.ts";
import { whyNoCluster } from "./requirements.ts";
import { endSandbox, inside, isAlive, makeSandbox, type Sandbox } from "./sandbox.ts";
import { until } from "./until.ts";

/** Starts a component, or the program of that name, or the given one, as a daemon. */
export type Start = (name: string, args: readonly string[], program?: string) => Daemon;

/** What `down` must know; written as soon as there is something to take back. */
interface State {
  sandbox?: Sandbox;
  slot?: number;
  cgroup?: string;
  kernelSettings: KernelSettings;
}

const stateFile = join(stateDir, "state.json");

function readState(): State | undefined {
  return existsSync(stateFile) ? (JSON.parse(readFileSync(stateFile, "utf8")) as State) : undefined;
}

function isRunning(state: State | undefined): boolean {
  return state?.sandbox !== undefined && isAlive(state.sandbox.holder) && existsSync(join(stateDir, "up"));
}

/** A Kubernetes of real components in namespaces of its own: one node, with the host as its neighbour. */
export class Cluster {
  readonly kubeconfig: string;
  private readonly tools: ClientTools;
  private readonly sandbox: Sandbox;

  private constructor(sandbox: Sandbox, tools: ClientTools) {
    this.sandbox = sandbox;
    this.tools = tools;
    this.kubeconfig = new Keys(join(stateDir, "keys")).kubeconfig("admin");
  }

  /** The running cluster of this checkout, or a new one. */
  static async up(): Promise<Cluster> {
    const tools = await clientTools();
    const before = readState();
    if (!isRunning(before)) {
      const reason = await whyNoCluster();
      if (reason !== undefined) throw new Error(`no cluster on this machine: ${reason}`);
      await Cluster.down();
      await start(await kubeBinaries());
    }
    return new Cluster(readState()!.sandbox!, tools);
  }

  static async running(): Promise<Cluster> {
    const state = readState();
    if (!isRunning(state)) throw new Error("no cluster runs from this checkout: npm run -w integration/cluster up");
    return new Cluster(state!.sandbox!, await clientTools());
  }

  /** Ends the cluster of this checkout, whatever state it is in, and leaves nothing of it behind. */
  static async down(): Promise<void> {
    const state = readState();
    if (state?.sandbox !== undefined) await endSandbox(state.sandbox);
    if (state?.slot !== undefined) await leaveHost(state.slot);
    if (state?.cgroup !== undefined) await removeCgroup(state.cgroup);
    if (state !== undefined) restoreKernelSettings(state.kernelSettings);
    rmSync(stateDir, { recursive: true, force: true });
  }

  get kubectlPath(): string {
    return this.tools.kubectl;
  }

  kubectl(...words: string[]): Promise<string> {
    return run([this.tools.kubectl, ...words], { env: this.environment() });
  }

  /** Like kubectl, but its failure is an answer. */
  tryKubectl(words: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
    return attempt([this.tools.kubectl, ...words], { ...options, env: this.environment() });
  }

  async apply(...objects: object[]): Promise<void> {
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    await run([this.tools.kubectl, "apply", "-f", "-"], { env: this.environment(), input });
  }

  helm(...words: string[]): Promise<string> {
    return run([this.tools.helm, ...words], { env: this.environment() });
  }

  /** Gives the node an image: an archive as `docker save` writes it, or an OCI archive. */
  async importImage(archive: string): Promise<void> {
    const words = ["ctr", "--address", containerdSocket, "--namespace", "k8s.io", "images", "import", archive];
    await run(inside(this.sandbox, words));
  }

  environment(): NodeJS.ProcessEnv {
    const caches = join(stateDir, "cache");
    return {
      ...process.env,
      KUBECONFIG: this.kubeconfig,
      KUBECACHEDIR: caches,
      HELM_CACHE_HOME: caches,
      HELM_CONFIG_HOME: caches,
      HELM_DATA_HOME: caches,
    };
  }
}

async function start(binaries: string): Promise<void> {
  for (const folder of ["logs", "cni", "keys"]) mkdirSync(join(stateDir, folder), { recursive: true });
  const state: State = { kernelSettings: readKernelSettings() };
  const remember = (added: Partial<State>): void => {
    Object.assign(state, added);
    writeFileSync(stateFile, JSON.stringify(state));
  };
  remember({});
  const sandbox = await makeSandbox(stateDir);
  remember({ sandbox });
  const addresses = await joinHost(sandbox.holder.pid);
  remember({ slot: addresses.slot });
  const cgroupRoot = makeCgroup(`heaphound-cluster-${addresses.slot}`);
  remember({ cgroup: cgroupRoot });

  const keys = new Keys(join(stateDir, "keys"));
  const launch: Start = (name, args, program) => {
    const isComponent = components.some((component) => component === name);
    return startDaemon(sandbox, stateDir, name, [program ?? (isComponent ? join(binaries, name) : name), ...args]);
  };
  await step("keys", () => keys.make(addresses));
  const files = { folder: stateDir, keys, addresses, cgroupRoot };
  await step("API server", () => startApiServer(launch, keys, addresses));
  startControllers(launch, keys);
  launch("dns", [join(here, "src/dns.ts"), addresses.node, keys.kubeconfig("admin")], process.execPath);
  await step("node", () => startNode(launch, files, sandbox));
  writeFileSync(join(stateDir, "up"), "");
}

async function startNode(launch: Start, files: NodeFiles, sandbox: Sandbox): Promise<void> {
  const containerd = startContainerd(launch, files);
  const ctr = inside(sandbox, ["ctr", "--address", containerdSocket]);
  const answers = async (): Promise<boolean> => (await attempt([...ctr, "version"])).code === 0;
  await until("containerd", answers, { hopeless: () => endedWhy(containerd) });
  const archive = await buildFixture("pause", files.folder);
  await run([...ctr, "--namespace", "k8s.io", "images", "import", archive]);
  const kubelet = startKubelet(launch, files);
  startProxy(launch, files);
  const { kubectl } = await clientTools();
  const asks = [kubectl, "--kubeconfig", files.keys.kubeconfig("admin")];
  const status = "jsonpath={.status.conditions[?(@.type=='Ready')].status}";
  const isReady = async (): Promise<boolean> =>
    (await attempt([...asks, "get", "node", nodeName, "-o", status])).stdout === "True";
  await until("the node", isReady, { everyMs: 250, hopeless: () => endedWhy(kubelet) });
  // Pods of a namespace are refused until its service account exists.
  const account = async (): Promise<boolean> => (await attempt([...asks, "get", "serviceaccount", "default"])).code === 0;
  await until("the default service account", account, { everyMs: 250 });
}
