import type { DataSourceJsonData } from "@grafana/data";
import type { DataQuery } from "@grafana/schema";
import type { FleetBy, Measure, Weight } from "@heaphound/query";

/** What a query shows. */
export type View = "series" | "groups" | "flame" | "stacks" | "losses" | "events" | "coverage" | "gaps";

/** What a time series shows of each group. */
export type Figure = "live" | "resident" | "limit" | "allocated" | "allocations" | "processes";

/** Labels that choose processes. Each may be one value, several by a variable, or empty for all. */
export const LABELS = ["namespace", "workload", "pod", "container"] as const;
export type Label = (typeof LABELS)[number];
export type Labels = Partial<Record<Label, string>>;

export interface HeaphoundQuery extends DataQuery {
  view?: View;
  /** Which processes count: by labels, and by the question language. */
  labels?: Labels;
  q?: string;
  /** Series and groups. */
  by?: FleetBy;
  sort?: string;
  limit?: number;
  figures?: Figure[];
  /** Flame graph, stacks and losses: key, prefix of a key, pod name (its newest run), or `latest`. */
  process?: string;
  measure?: Measure;
  weight?: Weight;
}

export type CompleteQuery = Required<Omit<HeaphoundQuery, "hide" | "key" | "queryType" | "datasource">>;

export const DEFAULTS = {
  view: "series",
  labels: {},
  q: "",
  by: "workload",
  sort: "live",
  limit: 20,
  figures: ["live"],
  process: "latest",
  measure: "live",
  weight: "bytes",
} as const satisfies Partial<HeaphoundQuery>;

export function withDefaults(query: HeaphoundQuery): CompleteQuery {
  return { ...DEFAULTS, figures: ["live"], ...query };
}

/** What a variable lists: values of a label, program names or processes. */
export interface HeaphoundVariableQuery extends DataQuery {
  field?: Label | "name" | "process";
  labels?: Labels;
  q?: string;
}

export interface HeaphoundOptions extends DataSourceJsonData {
  /** Where the API is, as seen from Grafana's server. */
  apiUrl?: string;
  /** Where the GUI is, as seen from people's browsers; links lead there. */
  guiUrl?: string;
}

/** Kept by Grafana's server, which adds it to requests. */
export interface HeaphoundSecrets {
  token?: string;
}
