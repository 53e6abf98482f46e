import { basename } from "node:path";
import { answerOf, apiAt, type Api } from "./api/client.js";
import { CliError, exitCodes } from "./errors.js";
import { connect, type ClusterOptions } from "./kube/cluster.js";
import { forward, tokenOf } from "./kube/forward.js";
import { dataDirectory } from "./paths.js";
import { runningState, type StackState } from "./stack/state.js";

/** Options that every command takes. */
export interface GlobalOptions {
  data?: string;
  api?: string;
}

/** Options of commands that read recordings: of the local stack, of an API, or of a cluster. */
export type ReaderOptions = GlobalOptions & ClusterOptions;

/** The stack of the data directory; an error with advice when none runs. */
export function requireStack(options: GlobalOptions): StackState {
  const dataDir = dataDirectory(options.data);
  const state = runningState(dataDir);
  if (state !== null) return state;
  throw new CliError(`no stack runs on ${dataDir}`, {
    advice:
      "Start one: heaphound up --detach. Or name another: --data DIR, --api URL, or -n NAMESPACE for a cluster's.",
    exitCode: exitCodes.unreachable,
  });
}

/** As `kubectl heaphound`, or with one of kubectl's options. */
export function asksCluster({ api, kubeconfig, context, namespace }: ReaderOptions): boolean {
  if (api !== undefined) return false;
  return [kubeconfig, context, namespace].some((option) => option !== undefined) || isPlugin();
}

function isPlugin(): boolean {
  return basename(process.argv[1] ?? "").startsWith("kubectl-");
}

/** Lets the action ask the API of a cluster, of --api or $HEAPHOUND_API_URL, or of the local stack. */
export async function withApi<T>(options: ReaderOptions, action: (api: Api) => Promise<T>): Promise<T> {
  if (asksCluster(options)) return withClusterApi(options, action);
  const named = options.api ?? process.env.HEAPHOUND_API_URL;
  const url = named === undefined || named === "" ? requireStack(options).urls.api : named;
  return action(apiAt(url, process.env.HEAPHOUND_API_TOKEN));
}

/** By a port-forward, as the person of the kubeconfig: works from outside, and shows what that person may see. */
export async function withClusterApi<T>(options: ClusterOptions, action: (api: Api) => Promise<T>): Promise<T> {
  const cluster = connect(options);
  const token = process.env.HEAPHOUND_API_TOKEN ?? (await tokenOf(cluster.config));
  const forwarded = await forward(cluster, { component: "api" });
  try {
    return await action(apiAt(forwarded.url, token));
  } finally {
    forwarded.close();
  }
}

/** Likewise, for one process. In a cluster its name is first taken for that of a pod in the namespace that was asked for. */
export function withProcess<T>(
  process: string,
  options: ReaderOptions,
  action: (api: Api, process: string) => Promise<T>,
): Promise<T> {
  return withApi(options, async (api) => {
    const key = asksCluster(options) ? await newestOfPod(api, process, connect(options).namespace) : process;
    return action(api, key);
  });
}

async function newestOfPod(api: Api, name: string, namespace: string): Promise<string> {
  const q = `pod = ${JSON.stringify(name)} and namespace = ${JSON.stringify(namespace)}`;
  const query = { q, sort: "started", limit: 1 } as const;
  const { processes } = await answerOf(api.GET("/api/v1/processes", { params: { query } }));
  return processes[0]?.process ?? name;
}
