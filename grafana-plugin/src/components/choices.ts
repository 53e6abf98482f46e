import type { FleetBy, Measure, Weight } from "@heaphound/query";
import { FIGURES } from "../frames/series-frame.js";
import type { Figure, HeaphoundVariableQuery, View } from "../types.js";

interface Choice<T> {
  value: T;
  label: string;
  description?: string;
}

export const VIEWS: Choice<View>[] = [
  { value: "series", label: "Time series", description: "memory of groups of processes over time" },
  { value: "groups", label: "Groups", description: "workloads, pods or processes as a table" },
  { value: "flame", label: "Flame graph", description: "who allocated, in one process" },
  { value: "stacks", label: "Stacks", description: "the heaviest stacks of one process" },
  { value: "losses", label: "Losses", description: "what is missing of one process, and why" },
  { value: "coverage", label: "Coverage", description: "pods that were asked for, that have the library, that report" },
  { value: "gaps", label: "Gaps", description: "why profiles are missing, and what to do" },
  { value: "events", label: "Events", description: "kills, changes of mode, markers" },
];

const plain = <T extends string>(...values: T[]): Choice<T>[] => values.map((value) => ({ value, label: value }));

export const GROUPINGS = plain<FleetBy>("all", "namespace", "workload", "pod", "container", "process");
export const SORTS = plain<string>("live", "peak", "growth", "rate", "resident", "share", "losses", "processes");
export const MEASURES = plain<Measure>("live", "allocated", "freed", "leaked", "temporary");
export const WEIGHTS = plain<Weight>("bytes", "count");
export const FIGURE_CHOICES = plain<Figure>(...(Object.keys(FIGURES) as Figure[]));
export const VARIABLE_FIELDS = plain<NonNullable<HeaphoundVariableQuery["field"]>>(
  ...(["namespace", "workload", "pod", "container", "name", "process"] as const),
);
