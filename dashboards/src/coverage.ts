import { DashboardBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { figures, list } from "./panels.ts";
import { sourceVariable } from "./variables.ts";

/** Whose profiles there are, whose are missing, and why. */
export function coverageDashboard(): DashboardBuilder {
  return new DashboardBuilder("Heaphound coverage")
    .uid("heaphound-coverage")
    .description("Pods that were asked for profiles, that have the library, and that report; and why others do not")
    .tags(["heaphound", "kubernetes"])
    .time({ from: "now-1h", to: "now" })
    .refresh("1m")
    .withVariable(sourceVariable())
    .withPanel(
      figures(
        { title: "Now", description: "How many pods were asked for profiles, how many have the library and report?" },
        { x: 0, y: 0, w: 24, h: 4 },
        { view: "coverage", fields: ["asked", "injected", "reporting", "restarts", "OOM kills"], calculation: "sum" },
      ),
    )
    .withPanel(
      list(
        {
          title: "Why profiles are missing",
          description: "What is the likeliest cause, of how many pods, and what is to be done?",
          noValue: "Every pod that was asked for reports",
        },
        { x: 0, y: 4, w: 24, h: 6 },
        { view: "gaps" },
        { widths: { pods: 80, reason: 200, cause: 300 }, inspected: ["what to do"] },
      ),
    )
    .withPanel(
      list(
        {
          title: "Workloads",
          description: "How many pods of each workload report? Those with gaps come first",
        },
        { x: 0, y: 10, w: 24, h: 10 },
        { view: "coverage", limit: 1000 },
        { widths: { asked: 90, injected: 90, reporting: 100, restarts: 90, "OOM kills": 100, share: 160 } },
      ),
    );
}
