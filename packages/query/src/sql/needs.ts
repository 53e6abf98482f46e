import { walk, type Filter } from "../ast.js";
import type { FieldName } from "../catalog.js";

/** What must be known of an allocation to decide a filter, beyond what both tables carry. */
export interface Needs {
  /** Columns that only `allocations` has. */
  row: boolean;
  /** How it ended. */
  fate: boolean;
}

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

export function needsOf(filter: Filter): Needs {
  const needs = { row: false, fate: false };
  walk(filter, (part) => {
    const field = fieldOf(part);
    if (field === undefined) return;
    if (FATE_FIELDS.has(field)) needs.fate = true;
    if (ROW_FIELDS.has(field)) needs.row = true;
  });
  return needs;
}

export function fieldOf(filter: Filter): FieldName | undefined {
  if (filter.type === "alive") return "alive";
  return "field" in filter ? filter.field : undefined;
}

/** Splits a conjunction into what is decided when a block is allocated and the rest. */
export function splitByFate(filter: Filter): { early: Filter; late: Filter } {
  const operands = operandsOf(filter);
  const isLate = (operand: Filter): boolean => needsOf(operand).fate;
  return {
    early: { type: "and", operands: operands.filter((operand) => !isLate(operand)) },
    late: { type: "and", operands: operands.filter(isLate) },
  };
}

/** True when the filter holds for nothing that was never freed. May miss a case, which costs time only. */
export function impliesFreed(filter: Filter): boolean {
  return operandsOf(filter).some((operand) => {
    const field = fieldOf(operand);
    if (field === "lifetime")
      return operand.type === "between" || (operand.type === "compare" && ["<", "<=", "="].includes(operand.operator));
    return field === "temporary" || field === "freed" || field === "free_thread" || field === "free_stack";
  });
}

/** True when the filter holds for nothing that was freed. */
export function impliesNeverFreed(filter: Filter): boolean {
  return operandsOf(filter).some((operand) => fieldOf(operand) === "leaked");
}

function operandsOf(filter: Filter): readonly Filter[] {
  return filter.type === "and" ? filter.operands : [filter];
}
