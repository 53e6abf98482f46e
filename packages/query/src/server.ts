/** Server entry: questions become ClickHouse SQL with bound values. */
export * from "./sql/params.js";
export * from "./sql/scope.js";
export * from "./sql/unanswerable.js";
export type { Sums } from "./sql/stack-sums.js";
export * from "./views/allocations.js";
export * from "./views/fleet/fleet-events.js";
export * from "./views/fleet/fleet-groups.js";
export * from "./views/fleet/fleet-scope.js";
export * from "./views/fleet/fleet-timeline.js";
export * from "./views/fleet/fleet-values.js";
export * from "./views/groups.js";
export * from "./views/maps.js";
export * from "./views/processes.js";
export * from "./views/timeline.js";
export * from "./views/tree.js";
export * from "./views/events.js";
export * from "./views/export-rows.js";
export * from "./views/mode-notes.js";
