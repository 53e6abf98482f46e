import { answerOf, given, type Api } from "../api/client.js";
import type { Coverage, CoveragePods, CoverageWorkload } from "@heaphound/query";
import { withApi, withClusterApi, type ReaderOptions } from "../context.js";
import { print, printJson } from "../output/print.js";
import { styled } from "../output/style.js";
import { table } from "../output/table.js";
import { connect } from "./cluster.js";

export type CoverageOptions = ReaderOptions & { json?: boolean; allNamespaces?: boolean };

const MAX_PODS = 20;

/** Who asked for profiles, who got the library and who reports, with what to do about the others. */
export async function coverage(options: CoverageOptions): Promise<void> {
  const namespace = options.allNamespaces === true ? undefined : connect(options).namespace;
  const query = given({ namespace });
  const ask = (api: Api): Promise<[Coverage, CoveragePods]> =>
    Promise.all([
      answerOf(api.GET("/api/v1/coverage", { params: { query } })),
      answerOf(api.GET("/api/v1/coverage/pods", { params: { query: { ...query, limit: MAX_PODS } } })),
    ]);
  const [summary, gaps] = options.api === undefined ? await withClusterApi(options, ask) : await withApi(options, ask);
  if (options.json === true) printJson({ ...summary, pods: gaps.pods });
  else print(describe(summary, gaps, namespace));
}

function describe(summary: Coverage, gaps: CoveragePods, namespace: string | undefined): string[] {
  const where = namespace === undefined ? "" : ` (namespace ${namespace})`;
  const lines = [styled(`${summary.sentence}${where}.`, "bold")];
  if (summary.reportedUnixNs === null)
    lines.push("The injector has not reported yet: `kubectl heaphound check` looks whether it runs.");
  else if (summary.isStale) lines.push("The injector has not reported for minutes: these figures may be old.");
  if (summary.workloads.length === 0)
    return [...lines, "Ask for profiles: kubectl heaphound annotate deployment/NAME -n NAMESPACE"];
  lines.push("", ...table(COLUMNS, summary.workloads));
  if (summary.causes.length > 0) lines.push("", styled("What to do", "bold"));
  for (const { code, title, advice, pods } of summary.causes)
    lines.push(`  ${code} (${pods} ${pods === 1 ? "pod" : "pods"}): ${title}. ${advice}`);
  return [...lines, ...podLines(gaps)];
}

const COLUMNS = [
  { title: "NAMESPACE", value: (row: CoverageWorkload) => row.namespace },
  { title: "WORKLOAD", value: (row: CoverageWorkload) => row.workload },
  { title: "PODS", value: (row: CoverageWorkload) => String(row.asked), align: "right" as const },
  { title: "INJECTED", value: (row: CoverageWorkload) => String(row.injected), align: "right" as const },
  { title: "REPORTING", value: (row: CoverageWorkload) => String(row.reporting), align: "right" as const },
  { title: "RESTARTS", value: (row: CoverageWorkload) => String(row.restarts), align: "right" as const },
  { title: "OOM/DAY", value: (row: CoverageWorkload) => String(row.oomKills), align: "right" as const },
  { title: "CAUSES", value: (row: CoverageWorkload) => row.causes.map(({ code }) => code).join(", ") },
];

/** Names of pods to go on with. */
function podLines({ pods }: CoveragePods): string[] {
  const silent = pods.filter(({ containers }) => containers.some(({ reporting }) => !reporting));
  if (silent.length === 0) return [];
  const names = silent.map(
    ({ namespace, pod, containers }) =>
      `  kubectl heaphound why ${pod} -n ${namespace}   ${styled(codesOf(containers), "dim")}`,
  );
  return ["", styled("Pods without profiles", "bold"), ...names];
}

function codesOf(containers: CoveragePods["pods"][number]["containers"]): string {
  const codes = containers.filter(({ reporting }) => !reporting).map(({ findings }) => findings[0]?.code ?? "");
  return [...new Set(codes)].join(", ");
}
