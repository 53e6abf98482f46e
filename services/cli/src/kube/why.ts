import { ApiException } from "@kubernetes/client-node";
import {
  DEFAULT_SETTINGS,
  describe,
  diagnose,
  REASONS,
  wishOf,
  workloadOf,
  workloadText,
  type Finding,
  type ObservedPod,
  type Workload,
} from "@heaphound/injection";
import { withApi, withClusterApi, type GlobalOptions } from "../context.js";
import { CliError, errorText, exitCodes } from "../errors.js";
import { print, printJson, say } from "../output/print.js";
import { styled } from "../output/style.js";
import { arrivedOf, type Arrived } from "./arrived.js";
import { connect, type Cluster, type ClusterOptions } from "./cluster.js";

export type WhyOptions = GlobalOptions & ClusterOptions & { json?: boolean };

const COLOURS = { info: "dim", skip: "amber", warn: "amber", gap: "red" } as const;

/** Goes through the causes of a pod's profiles being there or not. */
export async function why(podName: string, options: WhyOptions): Promise<void> {
  const cluster = connect(options);
  const pod = await readPod(cluster, podName);
  const namespace = await cluster.core.readNamespace({ name: cluster.namespace });
  const workload = workloadOf({ metadata: pod.metadata ?? {} });
  const { labels, annotations } = namespace.metadata ?? {};
  const findings = diagnose({
    pod,
    namespace: { name: cluster.namespace, ...(labels && { labels }), ...(annotations && { annotations }) },
    settings: { ...DEFAULT_SETTINGS, image: "", server: "" },
    workloadAsks: await workloadAsks(cluster, workload),
    ...(await askApi(podName, cluster.namespace, options)),
    nowMs: Date.now(),
  });
  if (options.json)
    printJson({ pod: podName, namespace: cluster.namespace, workload: workloadText(workload), findings });
  else printFindings(`${cluster.namespace}/${podName} (${workloadText(workload)})`, findings);
}

function printFindings(title: string, findings: readonly Finding[]): void {
  print(styled(title, "bold"));
  for (const finding of findings) {
    const { severity } = REASONS[finding.code];
    print(`  ${styled(severity.padEnd(4), COLOURS[severity])}  ${describe(finding)}  ${styled(finding.code, "dim")}`);
  }
}

async function readPod({ core, namespace }: Cluster, name: string): Promise<ObservedPod> {
  try {
    return (await core.readNamespacedPod({ name, namespace })) as unknown as ObservedPod;
  } catch (error) {
    if (!(error instanceof ApiException) || error.code !== 404) throw error;
    throw new CliError(`there is no pod ${name} in namespace ${namespace}`, {
      advice: `kubectl get pods -n ${namespace} lists them; -n names another namespace.`,
      exitCode: exitCodes.notFound,
    });
  }
}

/** The commonest mistake: the annotation on the Deployment instead of on its template. */
async function workloadAsks({ apps, batch, namespace }: Cluster, { kind, name }: Workload): Promise<boolean> {
  const readers: Record<string, () => Promise<{ metadata?: object }>> = {
    Deployment: () => apps.readNamespacedDeployment({ name, namespace }),
    StatefulSet: () => apps.readNamespacedStatefulSet({ name, namespace }),
    DaemonSet: () => apps.readNamespacedDaemonSet({ name, namespace }),
    Job: () => batch.readNamespacedJob({ name, namespace }),
    CronJob: () => batch.readNamespacedCronJob({ name, namespace }),
  };
  const object = await readers[kind]?.().catch(() => undefined); // gone, or not ours to read
  return wishOf(object?.metadata) === "yes";
}

/** Without an API nobody knows what has arrived; then only Kubernetes' side is judged. */
async function askApi(pod: string, namespace: string, options: WhyOptions): Promise<Arrived> {
  const api = options.api ?? process.env.HEAPHOUND_API_URL;
  const ask = arrivedOf.bind(undefined, { pod, namespace });
  try {
    return await (api === undefined ? withClusterApi(options, ask) : withApi({ api }, ask));
  } catch (error) {
    say(`The API does not answer (${errorText(error)}): what has arrived is not known.`);
    return { reported: new Map() };
  }
}
