import { AppsV1Api, BatchV1Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { CliError, exitCodes, errorText } from "../errors.js";

/** Options of all commands that ask a cluster, as kubectl names them. */
export interface ClusterOptions {
  kubeconfig?: string;
  context?: string;
  namespace?: string;
  /** Where Heaphound is installed. */
  heaphoundNamespace?: string;
}

export interface Cluster {
  config: KubeConfig;
  core: CoreV1Api;
  apps: AppsV1Api;
  batch: BatchV1Api;
  /** Of the command, else of the context, else "default". */
  namespace: string;
  /** Heaphound's own. */
  homeNamespace: string;
}

/** Reads the kubeconfig as kubectl does: --kubeconfig, $KUBECONFIG, ~/.kube/config, then the pod's service account. */
export function connect(options: ClusterOptions): Cluster {
  const config = new KubeConfig();
  try {
    if (options.kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(options.kubeconfig);
    if (options.context !== undefined) config.setCurrentContext(options.context);
  } catch (error) {
    throw unusable(errorText(error));
  }
  if (!config.getCurrentCluster()) throw unusable("it names no cluster");
  return {
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    batch: config.makeApiClient(BatchV1Api),
    namespace: options.namespace ?? config.getContextObject(config.getCurrentContext())?.namespace ?? "default",
    homeNamespace: options.heaphoundNamespace ?? "heaphound",
  };
}

function unusable(reason: string): CliError {
  return new CliError(`the kubeconfig cannot be used: ${reason}`, {
    advice: "Set KUBECONFIG or give --kubeconfig and --context, as for kubectl.",
    exitCode: exitCodes.unreachable,
  });
}
