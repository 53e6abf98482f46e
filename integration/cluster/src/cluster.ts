import { rmSync } from "node:fs";
import { join } from "node:path";
import { leaveHost } from "./addresses.ts";
import { removeCgroup } from "./cgroups.ts";
import { clientTools, type ClientTools } from "./client-tools.ts";
import { attempt, run, type CommandOptions, type CommandResult } from "./command.ts";
import { Containerd } from "./containerd.ts";
import { restoreKernelSettings } from "./kernel-settings.ts";
import { Keys } from "./keys.ts";
import { stateDir } from "./paths.ts";
import { whyNoCluster } from "./requirements.ts";
import { endSandbox } from "./sandbox.ts";
import { startCluster, type GiveImages } from "./start.ts";
import { isRunning, readState } from "./state.ts";

/** A Kubernetes of real components in namespaces of its own: one node, with the host as its neighbour. */
export class Cluster {
  readonly kubeconfig: string;
  private readonly tools: ClientTools;

  private constructor(tools: ClientTools, kubeconfig = new Keys(join(stateDir, "keys")).kubeconfig("admin")) {
    this.tools = tools;
    this.kubeconfig = kubeconfig;
  }

  /** A cluster that somebody else started and gave the images to: $HEAPHOUND_CLUSTER_KUBECONFIG. */
  static get given(): string | undefined {
    const named = process.env.HEAPHOUND_CLUSTER_KUBECONFIG;
    return named === "" ? undefined : named;
  }

  /** The running cluster of this checkout, or a new one. Its node is given images while the rest is built and starts. */
  static async up(giveImages: GiveImages = () => Promise.resolve()): Promise<Cluster> {
    const tools = await clientTools();
    if (Cluster.given !== undefined) return new Cluster(tools, Cluster.given);
    const before = readState();
    if (isRunning(before)) await giveImages(new Containerd(before!.sandbox!));
    else {
      const reason = await whyNoCluster();
      if (reason !== undefined) throw new Error(`no cluster on this machine: ${reason}`);
      await Cluster.down();
      await startCluster(tools, giveImages);
    }
    return new Cluster(tools);
  }

  static async running(): Promise<Cluster> {
    if (Cluster.given !== undefined) return new Cluster(await clientTools(), Cluster.given);
    if (!isRunning(readState()))
      throw new Error("no cluster runs from this checkout: npm run -w integration/cluster up");
    return new Cluster(await clientTools());
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

  /** helm with something on its standard input. */
  helmWith(input: string, ...words: string[]): Promise<string> {
    return run([this.tools.helm, ...words], { env: this.environment(), input });
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
