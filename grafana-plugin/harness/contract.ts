import type { HeaphoundQuery, HeaphoundVariableQuery } from "../src/types.js";
import type { DashboardModel } from "./dashboard-model.js";

/** Values of a dashboard's variables. */
export type Values = Readonly<Record<string, string | string[]>>;

/** A frame as plain data. */
export interface PlainFrame {
  refId: string | undefined;
  name: string | undefined;
  visualisation: string | undefined;
  fields: {
    name: string;
    type: string;
    unit: string | undefined;
    display: string | undefined;
    labels: Record<string, string> | undefined;
    links: string[];
    values: unknown[];
  }[];
}

export interface PlainAnswer {
  frames: PlainFrame[];
  errors: string[];
}

export interface Shown {
  values: Values;
  annotations: PlainAnswer;
  panels: ({ title: string } & PlainAnswer)[];
}

/** What a test drives in the page: Grafana's part in a data source's life. Times are milliseconds of the clock. */
export interface Harness {
  open(settings: { url: string; jsonData: { guiUrl?: string } }): Promise<void>;
  health(): Promise<{ status: string; message: string }>;
  setValues(given: Values): void;
  query(targets: HeaphoundQuery[], from: number, to: number): Promise<PlainAnswer>;
  choices(query: HeaphoundVariableQuery, from: number, to: number): Promise<{ text: string; value: string }[]>;
  /** Resolves variables, runs every query, draws every panel. */
  dashboard(
    model: DashboardModel,
    options: { from: number; to: number; given?: Values; theme?: string },
  ): Promise<Shown>;
  flame(target: HeaphoundQuery, from: number, to: number): Promise<void>;
  queryEditor(query: HeaphoundQuery): Promise<void>;
  configEditor(): Promise<void>;
}
