import type { FieldConfigSource } from "@grafana/data";
import type { VizLegendOptions } from "@grafana/schema";
import type { HeaphoundQuery, HeaphoundVariableQuery } from "../src/types.js";

/** What the harness reads of a dashboard's JSON. */
export interface DashboardModel {
  title: string;
  uid: string;
  templating: { list: VariableModel[] };
  annotations: { list?: { name: string; target: HeaphoundQuery }[] };
  panels: PanelModel[];
}

export interface VariableModel {
  type: string;
  name: string;
  query: string | HeaphoundVariableQuery;
  multi?: boolean;
  allValue?: string;
}

export interface PanelModel {
  type: string;
  title: string;
  description: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets: HeaphoundQuery[];
  fieldConfig?: FieldConfigSource;
  options?: {
    legend?: VizLegendOptions;
    reduceOptions?: { fields?: string; calcs?: string[] };
    sortBy?: { displayName: string; desc?: boolean }[];
  };
}
