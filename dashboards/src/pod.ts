import { DashboardBuilder, DashboardCursorSync } from "@grafana/grafana-foundation-sdk/dashboard";
import { eventsAnnotation } from "./annotations.ts";
import { figures, flame, list, series } from "./panels.ts";
import { byVariables, labelVariable, oneOf, sourceVariable } from "./variables.ts";

const PROCESS = "$process";

/** What one pod's memory is made of: against its limit over time, by function, by stack, and what is missing. */
export function podDashboard(): DashboardBuilder {
  const labels = byVariables(["namespace", "pod"]);
  return new DashboardBuilder("Heaphound pod")
    .uid("heaphound-pod")
    .description("Heap memory of one pod against its limit, and who allocated it")
    .tags(["heaphound", "memory"])
    .time({ from: "now-1h", to: "now" })
    .refresh("30s")
    .tooltip(DashboardCursorSync.Crosshair)
    .withVariable(sourceVariable())
    .withVariable(labelVariable("namespace", []))
    .withVariable(oneOf("pod", ["namespace"]))
    .withVariable(oneOf("process", ["namespace", "pod"]))
    .annotation(eventsAnnotation(labels))
    .withPanel(
      figures(
        { title: "Now", description: "Where does the pod stand?" },
        { x: 0, y: 0, w: 24, h: 4 },
        {
          labels,
          by: "all",
          fields: ["live", "peak", "resident", "limit", "of limit", "growth/h", "allocated", "lost records"],
        },
      ),
    )
    .withPanel(
      series(
        {
          title: "Memory against the limit",
          description: "How far is the pod from its limit, and how much of it is live heap?",
        },
        { x: 0, y: 4, w: 16, h: 10 },
        { labels, by: "pod", figures: ["live", "resident", "limit"] },
      ),
    )
    .withPanel(
      series(
        { title: "Allocation rate by process", description: "Which process allocates, and when?" },
        { x: 16, y: 4, w: 8, h: 10 },
        { labels, by: "process", figures: ["allocated"], sort: "rate", limit: 10 },
      ),
    )
    .withPanel(
      flame(
        {
          title: "Live memory by function",
          description: "Which functions allocated what is live at the end of the range?",
        },
        { x: 0, y: 14, w: 24, h: 15 },
        { process: PROCESS, measure: "live" },
      ),
    )
    .withPanel(
      list(
        {
          title: "Heaviest stacks",
          description: "Which stacks allocated most of what is live at the end of the range?",
        },
        { x: 0, y: 29, w: 24, h: 10 },
        { view: "stacks", process: PROCESS, measure: "live", limit: 50 },
        {
          sortBy: "bytes",
          widths: { function: 260, source: 160, bytes: 100, count: 100, allocated: 100, leaked: 100, stack: 80 },
          inspected: ["function", "source", "stack frames"],
        },
      ),
    )
    .withPanel(
      list(
        { title: "Processes", description: "Which processes ran in the pod within the range?" },
        { x: 0, y: 39, w: 14, h: 6 },
        { view: "groups", labels, by: "process", sort: "live", limit: 50 },
        {
          sortBy: "live",
          hidden: [
            ...["namespace", "workload", "pod", "container", "peak", "allocated"],
            ...["pods", "processes", "running", "with losses", "sampled", "limit"],
          ],
          widths: { process: 160 },
          inspected: ["program", "process"],
        },
      ),
    )
    .withPanel(
      list(
        {
          title: "What is missing, and why",
          description: "Which records were lost, and what does it mean for the figures?",
          noValue: "Nothing is missing",
        },
        { x: 14, y: 39, w: 10, h: 6 },
        { view: "losses", process: PROCESS },
        { widths: { kind: 140, count: 100, bytes: 100 }, inspected: ["what is missing"] },
      ),
    );
}
