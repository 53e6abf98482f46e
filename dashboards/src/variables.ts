import * as dashboard from "@grafana/grafana-foundation-sdk/dashboard";
import type { HeaphoundVariableQuery, Label } from "../../grafana-plugin/src/types.ts";
import { choices, PLUGIN_TYPE, SOURCE } from "./query.ts";

/** Which of the data sources of our type is asked. */
export function sourceVariable(): dashboard.DatasourceVariableBuilder {
  return new dashboard.DatasourceVariableBuilder("datasource").label("Data source").type(PLUGIN_TYPE);
}

/** Several values of a label, or all, of the processes that the variables before it choose. */
export function labelVariable(label: Label, within: readonly Label[]): dashboard.QueryVariableBuilder {
  return variable({ field: label, labels: byVariables(within) })
    .multi(true)
    .includeAll(true)
    .allValue(".*");
}

/** One value. */
export function oneOf(
  field: NonNullable<HeaphoundVariableQuery["field"]>,
  within: readonly Label[],
): dashboard.QueryVariableBuilder {
  return variable({ field, labels: byVariables(within) });
}

function variable(query: Omit<HeaphoundVariableQuery, "refId"> & { field: string }): dashboard.QueryVariableBuilder {
  return new dashboard.QueryVariableBuilder(query.field)
    .label(query.field.charAt(0).toUpperCase() + query.field.slice(1))
    .datasource(SOURCE)
    .query(choices(query))
    .refresh(dashboard.VariableRefresh.OnTimeRangeChanged);
}

/** Labels that take what the variables of their names say. */
export function byVariables(labels: readonly Label[]): Partial<Record<Label, string>> {
  return Object.fromEntries(labels.map((label) => [label, `$${label}`]));
}
