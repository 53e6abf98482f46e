import { AdmissionregistrationV1Api, VersionApi, type V1Deployment, type V1StatefulSet } from "@kubernetes/client-node";
import { INJECT, INJECTED } from "@heaphound/injection";
import { withClusterApi } from "../context.js";
import { answerOf } from "../api/client.js";
import { CliError, errorText } from "../errors.js";
import type { Finding } from "../output/finding.js";
import { connect, type Cluster, type ClusterOptions } from "./cluster.js";

const OURS = "app.kubernetes.io/name=heaphound";

/** Looks from outside whether an installation does its work; changes nothing. */
export async function checkCluster(options: ClusterOptions): Promise<Finding[]> {
  const cluster = connect(options);
  const checks: [string, () => Promise<Omit<Finding, "what">>][] = [
    ["Kubernetes", () => checkVersion(cluster)],
    ["components", () => checkComponents(cluster)],
    ["webhook", () => checkWebhook(cluster)],
    ["injection", () => checkInjection(cluster)],
    ["quarantine", () => checkQuarantine(cluster)],
    ["API", () => checkApi(options)],
  ];
  const findings: Finding[] = [];
  for (const [what, check] of checks) findings.push({ what, ...(await check().catch(failed)) });
  return findings;
}

function failed(error: unknown): Omit<Finding, "what"> {
  const advice = error instanceof CliError ? error.advice : "Are the rights of your kubeconfig enough for this?";
  return { ok: false, detail: errorText(error).split("\n")[0] ?? "", advice };
}

async function checkVersion({ config }: Cluster): Promise<Omit<Finding, "what">> {
  const { major, minor, gitVersion } = await config.makeApiClient(VersionApi).getCode();
  const ok = Number(major) > 1 || Number.parseInt(minor) >= 28;
  return { ok, detail: gitVersion, advice: "Heaphound needs Kubernetes 1.28 or newer." };
}

async function checkComponents({ apps, homeNamespace }: Cluster): Promise<Omit<Finding, "what">> {
  const where = { namespace: homeNamespace, labelSelector: OURS };
  const [deployments, sets] = await Promise.all([
    apps.listNamespacedDeployment(where),
    apps.listNamespacedStatefulSet(where),
  ]);
  const all: (V1Deployment | V1StatefulSet)[] = [...deployments.items, ...sets.items];
  const missing = all.filter(({ spec, status }) => (status?.readyReplicas ?? 0) < (spec?.replicas ?? 1));
  const names = (list: typeof all): string => list.map(({ metadata }) => metadata?.name).join(", ");
  if (all.length === 0)
    return {
      ok: false,
      detail: `none in namespace ${homeNamespace}`,
      advice: "Install the chart, or name its namespace with --heaphound-namespace.",
    };
  return {
    ok: missing.length === 0,
    detail: missing.length === 0 ? `${names(all)} are ready` : `not ready: ${names(missing)}`,
    advice: `kubectl get pods -n ${homeNamespace}, and the logs of those that are not ready.`,
  };
}

async function checkWebhook({ config, homeNamespace }: Cluster): Promise<Omit<Finding, "what">> {
  const admission = config.makeApiClient(AdmissionregistrationV1Api);
  const { items } = await admission.listMutatingWebhookConfiguration({ labelSelector: OURS });
  const webhooks = items.flatMap((item) => item.webhooks ?? []);
  const ours = webhooks.filter(({ clientConfig }) => clientConfig.service?.namespace === homeNamespace);
  const trusted = ours.every(({ clientConfig }) => (clientConfig.caBundle ?? "") !== "");
  const detail = ours.length === 0 ? "there is none" : trusted ? `${ours.length} rules, trusted` : "no caBundle yet";
  return {
    ok: ours.length > 0 && trusted,
    detail,
    advice: `The injector writes the bundle within seconds: kubectl logs -n ${homeNamespace} deployment/heaphound-injector.`,
  };
}

/** A pod that is never made: the webhook is asked about it all the same. */
async function checkInjection({ core, namespace }: Cluster): Promise<Omit<Finding, "what">> {
  const metadata = { generateName: "heaphound-check-", labels: { [INJECT]: "true" } };
  const restricted = {
    allowPrivilegeEscalation: false,
    runAsNonRoot: true,
    capabilities: { drop: ["ALL"] },
    seccompProfile: { type: "RuntimeDefault" },
  };
  const container = { name: "app", image: "none", securityContext: restricted };
  const body = { apiVersion: "v1", kind: "Pod", metadata, spec: { containers: [container] } };
  const pod = await core.createNamespacedPod({ namespace, body, dryRun: "All" });
  const ok = pod.metadata?.labels?.[INJECTED] === "true";
  return {
    ok,
    detail: ok ? `a pod of namespace ${namespace} would be injected` : `a pod of namespace ${namespace} stays as it is`,
    advice: `Is ${namespace} excluded or labelled heaphound.io/disabled? Otherwise the injector's log has the reason.`,
  };
}

async function checkQuarantine({ core, homeNamespace }: Cluster): Promise<Omit<Finding, "what">> {
  const { items } = await core.listNamespacedConfigMap({
    namespace: homeNamespace,
    fieldSelector: "metadata.name=heaphound-quarantine",
  });
  const held = items.flatMap(({ data = {} }) => Object.keys(data));
  return {
    ok: held.length === 0,
    detail: held.length === 0 ? "empty" : held.join(", "),
    advice: "These failed right after injection. Look at their Events, then: kubectl heaphound release KIND/NAME.",
  };
}

async function checkApi(options: ClusterOptions): Promise<Omit<Finding, "what">> {
  const params = { query: { limit: 1 } };
  const { total } = await withClusterApi(options, (api) => answerOf(api.GET("/api/v1/processes", { params })));
  return { ok: true, detail: `answers, ${total} processes that you may see` };
}
