import type { Builder, Dataquery } from "@grafana/grafana-foundation-sdk/cog";
import type { DataSourceRef } from "@grafana/grafana-foundation-sdk/common";
import type { HeaphoundQuery, HeaphoundVariableQuery } from "../../grafana-plugin/src/types.ts";

/** Type of the plugin's data source, and the variable that says which one. */
export const PLUGIN_TYPE = "heaphound-heaphound-datasource";
export const SOURCE: DataSourceRef = { type: PLUGIN_TYPE, uid: "${datasource}" };

/** What a panel asks, in the plugin's own words: the compiler checks it against the plugin. */
export type Question = Omit<HeaphoundQuery, "refId" | "datasource" | "hide" | "key" | "queryType">;

export function ask(question: Question, refId = "A"): Builder<Dataquery> {
  const query = { refId, datasource: SOURCE, ...question, _implementsDataqueryVariant: () => undefined };
  return { build: () => query };
}

export function choices(query: Omit<HeaphoundVariableQuery, "refId">): Record<string, unknown> {
  return { refId: "Variable", ...query };
}
