import type { Params } from "./params.js";
import type { ProcessScope, Window } from "./scope.js";

/**
 * Events of several threads may go back a little within the stream, so a block may hold events just outside of the
 * times of its first and last.
 */
const SLACK_NS = 100_000_000n;

/** `column` lies in the window; undefined when the window is unbounded. */
export function within(column: string, window: Window, params: Params): string | undefined {
  const { fromNs, toNs } = window;
  if (fromNs !== undefined && toNs !== undefined)
    return `${column} BETWEEN ${params.time(fromNs)} AND ${params.time(toNs)}`;
  if (fromNs !== undefined) return `${column} >= ${params.time(fromNs)}`;
  return toNs === undefined ? undefined : `${column} <= ${params.time(toNs)}`;
}

/**
 * Conditions on the sorting key of `allocations` that hold for every allocation made, or freed within its block, in the
 * window. Tables are sorted by number, not by time; blocks say which numbers a time has.
 */
export function allocationRange(window: Window, scope: ProcessScope, params: Params): string[] {
  const process = params.bind(scope.process, "UInt64");
  const { fromNs, toNs } = window;
  const conditions: string[] = [];
  if (fromNs !== undefined)
    conditions.push(
      `id >= (SELECT min(first_allocation) FROM blocks WHERE process = ${process} AND end_ns >= ${params.time(fromNs - SLACK_NS)})`,
    );
  if (toNs !== undefined)
    conditions.push(
      `id < (SELECT max(first_allocation + allocations) FROM blocks WHERE process = ${process} AND start_ns <= ${params.time(toNs + SLACK_NS)})`,
    );
  return conditions;
}

/** The same for `late_frees`, whose deallocations lie in the window. */
export function lateFreeRange(window: Window, scope: ProcessScope, params: Params): string[] {
  const process = params.bind(scope.process, "UInt64");
  const { fromNs, toNs } = window;
  const conditions: string[] = [];
  if (fromNs !== undefined)
    conditions.push(
      `block >= (SELECT min(block) FROM blocks WHERE process = ${process} AND end_ns >= ${params.time(fromNs - SLACK_NS)})`,
    );
  if (toNs !== undefined)
    conditions.push(
      `block <= (SELECT max(block) FROM blocks WHERE process = ${process} AND start_ns <= ${params.time(toNs + SLACK_NS)})`,
    );
  return conditions;
}

/** Conditions joined for a WHERE; the process always comes first, as in every sorting key. */
export function whereProcess(scope: ProcessScope, params: Params, conditions: readonly (string | undefined)[]): string {
  const present = conditions.filter((text): text is string => text !== undefined && text !== "(1 = 1)");
  return [`process = ${params.bind(scope.process, "UInt64")}`, ...present].join(" AND ");
}
