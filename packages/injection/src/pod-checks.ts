import {
  DISABLED,
  INIT_CONTAINER,
  IDENTITY_VOLUME,
  LIBRARY_VOLUME,
  MIRROR_POD,
  SPOOL_VOLUME,
  STATUS,
} from "./names.js";
import type { Namespace, NodeRequirement, Pod, PodSpec } from "./pod.js";
import type { Finding } from "./reasons.js";
import type { InjectionSettings } from "./settings.js";

/** Why this pod cannot be injected whoever asks; undefined: it can. */
export function obstacleOf(pod: Pod, namespace: Namespace, settings: InjectionSettings): Finding | undefined {
  if (settings.excludedNamespaces.includes(namespace.name))
    return { code: "namespace_excluded", detail: namespace.name };
  if (namespace.labels?.[DISABLED] === "true") return { code: "namespace_disabled", detail: namespace.name };
  if (pod.metadata?.annotations?.[MIRROR_POD] !== undefined) return { code: "mirror_pod" };
  return nodeObstacle(pod.spec ?? {}, settings) ?? takenName(pod);
}

function nodeObstacle(spec: PodSpec, settings: InjectionSettings): Finding | undefined {
  if (spec.os?.name === "windows" || excludes(spec, "kubernetes.io/os", ["linux"])) return { code: "windows" };
  if (excludes(spec, "kubernetes.io/arch", nodeArchitectures(settings))) return { code: "architecture_unsupported" };
  return undefined;
}

/** Kubernetes says arm and mips64le where Debian and we say armv7 and mips64el. */
function nodeArchitectures({ architectures }: InjectionSettings): string[] {
  const names: Record<string, string> = { armv7: "arm", mips64el: "mips64le" };
  return architectures.map((architecture) => names[architecture] ?? architecture);
}

/** Does the pod require nodes whose label `key` has none of `values`? */
function excludes(spec: PodSpec, key: string, values: readonly string[]): boolean {
  const selected = spec.nodeSelector?.[key];
  if (selected !== undefined && !values.includes(selected)) return true;
  const terms = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  if (terms.length === 0) return false;
  return terms.every((term) => (term.matchExpressions ?? []).some((one) => one.key === key && forbids(one, values)));
}

/** Terms are alternatives, expressions within one hold together. */
function forbids({ operator, values = [] }: NodeRequirement, wanted: readonly string[]): boolean {
  if (operator === "In") return !values.some((value) => wanted.includes(value));
  if (operator === "NotIn") return wanted.every((value) => values.includes(value));
  return operator === "DoesNotExist";
}

/** A pod that was not written by us and has our names: its own parts must not be replaced. */
function takenName({ metadata, spec }: Pod): Finding | undefined {
  if (metadata?.annotations?.[STATUS] !== undefined) return undefined;
  const ours = [LIBRARY_VOLUME, SPOOL_VOLUME, IDENTITY_VOLUME];
  const volume = spec?.volumes?.find(({ name }) => ours.includes(name));
  if (volume) return { code: "name_taken", detail: `volume ${volume.name}` };
  const init = spec?.initContainers?.some(({ name }) => name === INIT_CONTAINER);
  return init ? { code: "name_taken", detail: `init container ${INIT_CONTAINER}` } : undefined;
}
