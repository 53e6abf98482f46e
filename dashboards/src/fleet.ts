import { DashboardBuilder, DashboardCursorSync } from "@grafana/grafana-foundation-sdk/dashboard";
import { eventsAnnotation } from "./annotations.ts";
import { figures, list, series } from "./panels.ts";
import { byVariables, labelVariable, sourceVariable } from "./variables.ts";

const POD_PAGE =
  "/d/heaphound-pod?${datasource:queryparam}&var-namespace=${__data.fields.namespace}&var-pod=${__data.fields.pod}&${__url_time_range}";
const WORKLOAD_PAGE =
  "/d/heaphound-fleet?${datasource:queryparam}&var-namespace=${__data.fields.namespace}&var-workload=${__data.fields.workload}&${__url_time_range}";

/** Which workload uses the memory of the fleet, which one grows, and how much of it is recorded. */
export function fleetDashboard(): DashboardBuilder {
  const labels = byVariables(["namespace", "workload"]);
  return new DashboardBuilder("Heaphound fleet")
    .uid("heaphound-fleet")
    .description("Live heap memory of all recorded pods, by workload and pod")
    .tags(["heaphound", "memory"])
    .time({ from: "now-1h", to: "now" })
    .refresh("30s")
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(sourceVariable())
    .withVariable(labelVariable("namespace", []))
    .withVariable(labelVariable("workload", ["namespace"]))
    .annotation(eventsAnnotation(labels))
    .withPanel(
      figures(
        { title: "Now", description: "How much is live in the running processes, and what is recorded of them?" },
        { x: 0, y: 0, w: 24, h: 4 },
        {
          labels,
          by: "all",
          fields: ["live", "growth/h", "allocated", "resident", "running", "pods", "with losses", "sampled"],
        },
      ),
    )
    .withPanel(
      series(
        { title: "Live memory by workload", description: "Which workloads hold the memory?" },
        { x: 0, y: 4, w: 12, h: 10 },
        { labels, by: "workload", figures: ["live"], limit: 10 },
      ),
    )
    .withPanel(
      series(
        { title: "Allocation rate by workload", description: "Which workloads keep the allocator busy?" },
        { x: 12, y: 4, w: 12, h: 10 },
        { labels, by: "workload", figures: ["allocated"], sort: "rate", limit: 10 },
      ),
    )
    .withPanel(
      list(
        {
          title: "Workloads",
          description: "Live, growth per hour, share of the limit, and what is missing, by workload",
        },
        { x: 0, y: 14, w: 24, h: 8 },
        { view: "groups", labels, by: "workload", sort: "live", limit: 100 },
        {
          sortBy: "live",
          hidden: ["processes", "with losses", "sampled"],
          links: [{ column: "workload", title: "Only this workload", url: WORKLOAD_PAGE }],
        },
      ),
    )
    .withPanel(
      list(
        { title: "Pods that grow", description: "Which pods grow fastest, by the slope of their live memory?" },
        { x: 0, y: 22, w: 24, h: 8 },
        { view: "groups", labels, by: "pod", sort: "growth", limit: 50 },
        {
          sortBy: "growth/h",
          hidden: ["peak", "running", "processes", "pods", "with losses", "sampled"],
          links: [{ column: "pod", title: "This pod", url: POD_PAGE }],
        },
      ),
    )
    .withPanel(
      series(
        { title: "Recorded processes by workload", description: "How many processes are recorded?" },
        { x: 0, y: 30, w: 12, h: 8 },
        { labels, by: "workload", figures: ["processes"], sort: "processes", limit: 10 },
      ),
    )
    .withPanel(
      list(
        {
          title: "What happened",
          description: "Kills, lost streams, changes of the recording mode, markers",
        },
        { x: 12, y: 30, w: 12, h: 8 },
        { view: "events", labels, limit: 100 },
        { widths: { time: 160, kind: 100 }, inspected: ["text"] },
      ),
    );
}
