import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { CliError, exitCodes } from "../errors.js";
import { say } from "../output/print.js";
import { connect, type ClusterOptions } from "./cluster.js";

const QUARANTINE = "heaphound-quarantine";
const merge = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/** Takes a workload out of quarantine: its next pods are injected again. */
export async function release(target: string, options: ClusterOptions): Promise<void> {
  const [kind = "", name = ""] = target.split("/");
  const { core, namespace, homeNamespace } = connect(options);
  const where = { name: QUARANTINE, namespace: homeNamespace };
  const present = await core.readNamespacedConfigMap(where).catch(() => undefined);
  const wanted = `${namespace}.${kind}.${name}`.toLowerCase();
  const key = Object.keys(present?.data ?? {}).find((one) => one.toLowerCase() === wanted);
  if (key === undefined)
    throw new CliError(`${target} is not quarantined in namespace ${namespace}`, {
      advice: `kubectl get configmap ${QUARANTINE} -n ${where.namespace} -o yaml lists what is.`,
      exitCode: exitCodes.notFound,
    });
  await core.patchNamespacedConfigMap({ ...where, body: { data: { [key]: null } } }, merge);
  say(`${target} is injected again from its next pods on: kubectl rollout restart ${target.toLowerCase()}`);
}
