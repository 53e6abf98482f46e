import { mkdirSync, writeFileSync } from "node:fs";
import { format, resolveConfig } from "prettier";
import { coverageDashboard } from "./coverage.ts";
import { fleetDashboard } from "./fleet.ts";
import { operationsDashboard } from "./operations.ts";
import { podDashboard } from "./pod.ts";

/** Writes the dashboards: here for people to import, and into the chart, which can read no file outside of itself. */
const FOLDERS = [new URL("../", import.meta.url), new URL("../../charts/heaphound/dashboards/", import.meta.url)];

const DASHBOARDS = [fleetDashboard(), podDashboard(), coverageDashboard(), operationsDashboard()];

for (const builder of DASHBOARDS) {
  const dashboard = builder.build();
  for (const folder of FOLDERS) {
    mkdirSync(folder, { recursive: true });
    const url = new URL(`${dashboard.uid}.json`, folder);
    const options = await resolveConfig(url.pathname);
    writeFileSync(url, await format(JSON.stringify(dashboard), { ...options, parser: "json" }));
  }
}
