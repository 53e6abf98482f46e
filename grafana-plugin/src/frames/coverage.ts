import type { DataFrame } from "@grafana/data";
import type { Coverage, CoverageCause, CoverageWorkload } from "@heaphound/query";
import { coverageLink, type Links } from "../links.js";
import { type Column, table } from "./tables.js";

interface About {
  refId: string;
  links: Links;
}

/** Workloads whose profiles somebody asked for: how many of their pods have the library, and how many report. */
export function coverageFrame({ workloads }: Coverage, { refId, links }: About): DataFrame {
  const columns: Column<CoverageWorkload>[] = [
    { name: "namespace", of: (row) => row.namespace },
    {
      name: "workload",
      of: (row) => row.workload,
      config: { links: coverageLink(links, { namespace: "namespace", workload: "workload" }) },
    },
    { name: "asked", of: (row) => row.asked, config: { description: "pods that were asked for profiles" } },
    { name: "injected", of: (row) => row.injected, config: { description: "pods that have the library" } },
    { name: "reporting", of: (row) => row.reporting, config: { description: "pods from which data come" } },
    {
      name: "share",
      of: (row) => (row.asked > 0 ? row.reporting / row.asked : null),
      config: { unit: "percentunit", min: 0, max: 1, description: "reporting pods of those that were asked for" },
    },
    { name: "restarts", of: (row) => row.restarts },
    { name: "OOM kills", of: (row) => row.oomKills, config: { description: "in the last day" } },
    { name: "missing because", of: (row) => row.causes.map(({ code, pods }) => `${code} (${pods})`).join(", ") },
  ];
  return table(workloads, columns, { refId });
}

/** Why profiles are missing, the commonest cause first, each with what to do. */
export function gapsFrame({ causes }: Coverage, { refId, links }: About): DataFrame {
  const columns: Column<CoverageCause>[] = [
    { name: "pods", of: (row) => row.pods },
    { name: "reason", of: (row) => row.code, config: { links: coverageLink(links, { code: "reason" }) } },
    { name: "cause", of: (row) => row.title },
    { name: "what to do", of: (row) => row.advice },
  ];
  return table(causes, columns, { refId });
}
