import { INJECT } from "./names.js";
import type { Namespace, Pod } from "./pod.js";
import type { ReasonCode } from "./reasons.js";

/** What one object says about injection. */
export type Wish = "yes" | "no" | "silent" | "invalid" | "conflict";

interface Marked {
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** Label and annotation of the same name count alike; when they contradict each other nothing is assumed. */
export function wishOf(object: Marked | undefined): Wish {
  const values = [object?.labels?.[INJECT], object?.annotations?.[INJECT]].filter((value) => value !== undefined);
  if (values.length === 0) return "silent";
  if (values.some((value) => value !== "true" && value !== "false")) return "invalid";
  if (new Set(values).size > 1) return "conflict";
  return values[0] === "true" ? "yes" : "no";
}

/**
 * The truth table of docs/operations/injection.md: who speaks nearest to the pod is heard.
 *
 *     pod       namespace   result
 *     yes       any         inject
 *     no        any         skip: opted_out
 *     invalid   any         skip: invalid_inject_value
 *     conflict  any         skip: conflicting_inject_values
 *     silent    yes         inject
 *     silent    no          skip: namespace_opted_out
 *     silent    invalid     skip: invalid_inject_value
 *     silent    conflict    skip: conflicting_inject_values
 *     silent    silent      skip: not_requested
 *
 * Undefined: inject.
 */
export function refusalOf(pod: Pod, namespace: Namespace): ReasonCode | undefined {
  const wish = wishOf(pod.metadata);
  if (wish !== "silent") return refusalByWish(wish, "opted_out");
  return refusalByWish(wishOf(namespace), "namespace_opted_out");
}

function refusalByWish(wish: Wish, optedOut: ReasonCode): ReasonCode | undefined {
  switch (wish) {
    case "yes":
      return undefined;
    case "no":
      return optedOut;
    case "invalid":
      return "invalid_inject_value";
    case "conflict":
      return "conflicting_inject_values";
    case "silent":
      return "not_requested";
  }
}
