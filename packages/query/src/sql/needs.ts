import { walk, type Filter } from "../ast.js";
import type { FieldName } from "../catalog.js";

/**
 * What must be known of an allocation to answer a question:
 * - `birth`: what both tables carry, so that by-stack figures are differences of two GROUP BYs
 * - `row`: what only `allocations` carries
 * - `fate`: how it ended, which for some rows takes the join with `late_frees`
 */
export type Needs = "birth" | "row" | "fate";

const ROW_FIELDS: ReadonlySet<FieldName> = new Set(["address", "thread", "kind", "reallocated"]);
const FATE_FIELDS: ReadonlySet<FieldName> = new Set([
  "freed",
  "alive",
  "lifetime",
  "leaked",
  "temporary",
  "free_thread",
  "free_stack",
]);

/** The most that any part of the question needs. */
export function needsOf(filter: Filter): Needs {
  let needs: Needs = "birth";
  walk(filter, (part) => {
    const field = fieldOf(part);
    if (field === undefined || needs === "fate") return;
    if (FATE_FIELDS.has(field)) needs = "fate";
    else if (ROW_FIELDS.has(field)) needs = "row";
  });
  return needs;
}

export function fieldOf(filter: Filter): FieldName | undefined {
  if (filter.type === "alive") return "alive";
  return "field" in filter ? filter.field : undefined;
}

/** Splits a conjunction into what the table `allocations` alone can decide and the rest. */
export function splitByNeeds(filter: Filter): { early: Filter; late: Filter } {
  const operands = filter.type === "and" ? filter.operands : [filter];
  const isLate = (operand: Filter): boolean => needsOf(operand) === "fate";
  return {
    early: { type: "and", operands: operands.filter((operand) => !isLate(operand)) },
    late: { type: "and", operands: operands.filter(isLate) },
  };
}
