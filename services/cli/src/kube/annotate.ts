import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { INJECT, MODE, MODES } from "@heaphound/injection";
import { CliError, exitCodes } from "../errors.js";
import { say } from "../output/print.js";
import { connect, type Cluster, type ClusterOptions } from "./cluster.js";

export type AnnotateOptions = ClusterOptions & { off?: boolean; mode?: string };

type Patch = (cluster: Cluster, name: string, body: unknown) => Promise<unknown>;

const merge = setHeaderOptions("Content-Type", PatchStrategy.StrategicMergePatch);

const WORKLOADS: Record<string, Patch> = {
  deployment: ({ apps, namespace }, name, body) => apps.patchNamespacedDeployment({ name, namespace, body }, merge),
  statefulset: ({ apps, namespace }, name, body) => apps.patchNamespacedStatefulSet({ name, namespace, body }, merge),
  daemonset: ({ apps, namespace }, name, body) => apps.patchNamespacedDaemonSet({ name, namespace, body }, merge),
  namespace: ({ core }, name, body) => core.patchNamespace({ name, body }, merge),
};
const SHORT: Record<string, string> = { deploy: "deployment", sts: "statefulset", ds: "daemonset", ns: "namespace" };

/** Puts the request where it works: on the pod template, which restarts the workload, or on a namespace. */
export async function annotate(target: string, options: AnnotateOptions): Promise<void> {
  const [kindText = "", name = ""] = target.split("/");
  const kind = SHORT[kindText] ?? kindText.toLowerCase();
  const patch = WORKLOADS[kind];
  if (!patch || name === "")
    throw new CliError(`${target} is no workload`, {
      advice: `Write KIND/NAME with one of ${Object.keys(WORKLOADS).join(", ")}.`,
      exitCode: exitCodes.usage,
    });
  const metadata = metadataOf(options);
  await patch(connect(options), name, kind === "namespace" ? { metadata } : { spec: { template: { metadata } } });
  const restart = kind === "namespace" ? " Pods that run already change with `kubectl rollout restart`." : "";
  say(
    `${kind}/${name}: ${options.off ? "no profiles from its next pods on" : "its next pods are profiled"}.${restart}`,
  );
}

/** null takes a label or annotation away. */
function metadataOf({ off, mode }: AnnotateOptions): object {
  if (mode !== undefined && !MODES.some((known) => known === mode))
    throw new CliError(`there is no mode ${mode}`, {
      advice: `One of ${MODES.join(", ")}.`,
      exitCode: exitCodes.usage,
    });
  if (off) return { labels: { [INJECT]: null }, annotations: { [INJECT]: null, [MODE]: null } };
  return { labels: { [INJECT]: "true" }, ...(mode === undefined ? {} : { annotations: { [MODE]: mode } }) };
}
