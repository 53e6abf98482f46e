import type { Question } from "./question";
import { andFilter, throughFunction } from "./filter";

/** Parameters of the API for the views of a question; see docs/api-contract.md. */
export type ViewParams = Record<string, string>;

/** Window or moment, whichever the measure is about. */
export function timeParams({ measure, window, atNs }: Question): ViewParams {
  if (measure === "live") {
    const at = atNs ?? window?.toNs;
    return at === undefined ? {} : { at: String(at) };
  }
  return windowParams(window);
}

export function windowParams(window: Question["window"]): ViewParams {
  return window === null ? {} : { from: String(window.fromNs), to: String(window.toNs) };
}

/** What the flame graph asks. The focused frame is a matter of drawing, so focusing costs no request. */
export function treeParams(question: Question): ViewParams {
  const { measure, weight, filter, invert } = question;
  return { measure, weight, ...timeParams(question), ...filterParam(filter), ...(invert ? { invert: "1" } : {}) };
}

/** What the tables ask: as the flame graph, but only stacks through the focused frame's function. */
export function tableParams(question: Question): ViewParams {
  const { measure, weight } = question;
  return { measure, weight, ...timeParams(question), ...filterParam(tableFilter(question)) };
}

export function tableFilter({ filter, focus }: Question): string {
  return focus === null ? filter : andFilter(filter, throughFunction(focus.name));
}

export function filterParam(filter: string): ViewParams {
  return filter.trim() === "" ? {} : { q: filter };
}

/**
 * What the list of allocations asks. It has no measure of its own, so the measure becomes a condition: live at a moment is
 * `alive at`, which the list answers over the whole run.
 */
export function allocationParams(question: Question): ViewParams {
  const { measure, window, atNs } = question;
  const filter = tableFilter(question);
  switch (measure) {
    case "live": {
      const at = atNs ?? window?.toNs;
      return filterParam(andFilter(filter, at === undefined ? "leaked" : `alive at ${at}ns`));
    }
    case "allocated":
      return { ...windowParams(window), ...filterParam(filter) };
    case "freed": {
      const within = window === null ? "not leaked" : `freed between ${window.fromNs}ns and ${window.toNs}ns`;
      return filterParam(andFilter(filter, within));
    }
    case "leaked":
    case "temporary":
      return { ...windowParams(window), ...filterParam(andFilter(filter, measure)) };
  }
}
