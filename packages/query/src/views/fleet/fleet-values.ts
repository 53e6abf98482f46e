import { Params, type CompiledQuery } from "../../sql/params.js";
import { fleetProcesses, type FleetScope } from "./fleet-scope.js";

const COLUMNS = {
  namespace: "namespace",
  workload: "workload",
  pod: "pod",
  container: "container",
  name: "name",
  host: "hostname",
} as const;

/** Fields whose values can be listed. */
export type ValueField = keyof typeof COLUMNS;
export const VALUE_FIELDS = Object.keys(COLUMNS) as readonly ValueField[];

export interface FleetValuesQuestion extends Omit<FleetScope, "by"> {
  field: ValueField;
  limit: number;
}

/** The values that a field has in the processes of a range of time, in alphabetical order; empty ones are left out. */
export function compileFleetValues(question: FleetValuesQuestion): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT DISTINCT toString(${COLUMNS[question.field]}) AS value
FROM (${fleetProcesses(question, params)})
WHERE value != ''
ORDER BY value
LIMIT ${params.bind(question.limit, "UInt32")}`);
}
