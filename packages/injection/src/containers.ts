import type { Request } from "./annotations.js";
import { DEFAULT_CONTAINER, INIT_CONTAINER } from "./names.js";
import { isNativeSidecar, type Container, type Pod } from "./pod.js";
import type { Finding } from "./reasons.js";

/** A container to profile and where it stands in the pod. */
export interface Target {
  container: Container;
  list: "containers" | "initContainers";
  index: number;
}

export interface Choice {
  targets: Target[];
  findings: Finding[];
}

/**
 * Those that the annotation names, init containers and native sidecars too; else kubectl's default container; else all
 * but known sidecars. Init containers are never chosen unnamed.
 */
export function chooseContainers(pod: Pod, request: Request, sidecars: readonly string[]): Choice {
  const all = targetsOf(pod);
  const named = request.containers;
  const chosen = named ? all.filter(({ container }) => named.includes(container.name)) : unnamed(pod, all, sidecars);
  const targets = chosen.filter(({ container }) => !request.excluded.includes(container.name));
  const known = new Set(all.map(({ container }) => container.name));
  const findings = [...(named ?? []), ...request.excluded]
    .filter((name) => !known.has(name))
    .map((name): Finding => ({ code: "unknown_container", detail: name }));
  return { targets, findings };
}

function unnamed(pod: Pod, all: Target[], sidecars: readonly string[]): Target[] {
  const preferred = pod.metadata?.annotations?.[DEFAULT_CONTAINER];
  const regular = all.filter(({ list }) => list === "containers");
  const byDefault = regular.filter(({ container }) => container.name === preferred);
  return byDefault.length > 0 ? byDefault : regular.filter(({ container }) => !sidecars.includes(container.name));
}

/** Every container that could be profiled, ours not among them. */
export function targetsOf(pod: Pod): Target[] {
  const inits = (pod.spec?.initContainers ?? []).map((container, index): Target => ({
    container,
    list: "initContainers",
    index,
  }));
  const regular = (pod.spec?.containers ?? []).map((container, index): Target => ({
    container,
    list: "containers",
    index,
  }));
  return [...regular, ...inits.filter(({ container }) => container.name !== INIT_CONTAINER)];
}

/** Containers that run together: they share the pod's volume for the length of its life. */
export function longRunning(pod: Pod): Container[] {
  return [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? []).filter(isNativeSidecar)];
}
