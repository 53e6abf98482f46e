import { AnnotationError, readRequest, type Request } from "./annotations.js";
import { chooseContainers, type Target } from "./containers.js";
import { initContainer, initResources } from "./init-container.js";
import {
  CA_BUNDLE,
  IDENTITY_DIRECTORY,
  IDENTITY_VOLUME,
  INIT_CONTAINER,
  INJECTED,
  LIBRARY_DIRECTORY,
  LIBRARY_VOLUME,
  SAFE_TO_EVICT_VOLUMES,
  SPOOL_DIRECTORY,
  SPOOL_VOLUME,
  STATUS,
} from "./names.js";
import { refusalOf } from "./opt-in.js";
import { ownEnv } from "./own-env.js";
import { PatchBuilder, type Operation } from "./patch.js";
import { obstacleOf } from "./pod-checks.js";
import type { Namespace, Pod } from "./pod.js";
import { setPreload } from "./preload-env.js";
import type { Finding } from "./reasons.js";
import type { InjectionSettings } from "./settings.js";
import { spoolBytesOf, volumesOf } from "./volumes.js";

export interface PlanInput {
  pod: Pod;
  namespace: Namespace;
  settings: InjectionSettings;
  /** Why the pod's workload is quarantined, if it is. */
  quarantine?: string;
}

/** What happens to a pod and why. Without operations the pod stays as it is. */
export interface Plan {
  /** The first finding says whether the pod is injected; the others are warnings. */
  findings: [Finding, ...Finding[]];
  operations: Operation[];
  containers: string[];
}

/**
 * The whole decision on one pod, from its raw JSON: no clock, no network, no side effect. Applied to its own result it
 * changes nothing; when a later webhook has added a container that is to be profiled too, only that one is added.
 */
export function plan(input: PlanInput): Plan {
  try {
    return decide(input);
  } catch (error) {
    if (error instanceof AnnotationError) return skip({ code: "invalid_annotation", detail: error.message });
    throw error;
  }
}

function skip(finding: Finding, warnings: Finding[] = []): Plan {
  return { findings: [finding, ...warnings], operations: [], containers: [] };
}

function decide({ pod, namespace, settings, quarantine }: PlanInput): Plan {
  const refusal = refusalOf(pod, namespace);
  if (refusal) return skip({ code: refusal });
  const obstacle = obstacleOf(pod, namespace, settings);
  if (obstacle) return skip(obstacle);
  if (quarantine !== undefined) return skip({ code: "quarantined", detail: quarantine });
  const request = readRequest(pod);
  const choice = chooseContainers(pod, request, settings.sidecars);
  const [first] = choice.targets;
  if (!first) return skip({ code: "no_container" }, choice.findings);
  const containers = choice.targets.map(({ container }) => container.name);
  const fresh = choice.targets.filter((target) => !isMounted(target));
  if (fresh.length === 0) return { ...skip({ code: "already_injected" }, choice.findings), containers };
  const resources = initResources(pod);
  if (!resources) return skip({ code: "memory_limit_too_low" }, choice.findings);

  const spoolBytes = spoolBytesOf(pod, containers.length, settings);
  const small: Finding[] = spoolBytes < settings.spoolBytes ? [{ code: "small_ephemeral_storage" }] : [];
  const patch = new PatchBuilder();
  const found = fresh.flatMap((target) => changeContainer(patch, target, { request, settings, spoolBytes }));
  const volumes = new Set((pod.spec?.volumes ?? []).map(({ name }) => name));
  if (!volumes.has(LIBRARY_VOLUME)) {
    for (const volume of volumesOf(settings, spoolBytes, containers.length))
      patch.append("/spec/volumes", pod.spec?.volumes !== undefined, volume);
  }
  changeMetadata(patch, pod, settings, containers);
  const inits = pod.spec?.initContainers;
  // Last, as it moves the other init containers: first of all, so that they find the library too.
  if (!inits) patch.add("/spec/initContainers", [initContainer(pod, first.container, settings, resources)]);
  else if (!inits.some(({ name }) => name === INIT_CONTAINER))
    patch.add("/spec/initContainers/0", initContainer(pod, first.container, settings, resources));
  return {
    findings: [{ code: "injected" }, ...choice.findings, ...small, ...found],
    operations: patch.operations,
    containers,
  };
}

function isMounted({ container }: Target): boolean {
  return (container.volumeMounts ?? []).some(({ name }) => name === LIBRARY_VOLUME);
}

interface ContainerContext {
  request: Request;
  settings: InjectionSettings;
  spoolBytes: number;
}

function changeContainer(
  patch: PatchBuilder,
  { container, list, index }: Target,
  context: ContainerContext,
): Finding[] {
  const { request, settings, spoolBytes } = context;
  const path = `/spec/${list}/${index}`;
  const preload = setPreload({ patch, path, container, existing: request.existingPreload });
  const own = ownEnv(container, request, settings, spoolBytes);
  for (const variable of own.variables) patch.append(`${path}/env`, container.env !== undefined, variable);
  for (const mount of MOUNTS) patch.append(`${path}/volumeMounts`, container.volumeMounts !== undefined, mount);
  return [...preload, ...own.findings];
}

const MOUNTS = [
  { name: LIBRARY_VOLUME, mountPath: LIBRARY_DIRECTORY, readOnly: true },
  { name: SPOOL_VOLUME, mountPath: SPOOL_DIRECTORY },
  { name: IDENTITY_VOLUME, mountPath: IDENTITY_DIRECTORY, readOnly: true },
];

function changeMetadata(patch: PatchBuilder, pod: Pod, settings: InjectionSettings, containers: string[]): void {
  const { labels, annotations } = pod.metadata ?? {};
  if (!pod.metadata) patch.add("/metadata", {});
  patch.setKey("/metadata/labels", labels !== undefined, INJECTED, "true");
  const annotate = (key: string, value: string): void =>
    patch.setKey("/metadata/annotations", annotations !== undefined, key, value);
  annotate(STATUS, JSON.stringify({ version: settings.version, image: settings.image, containers }));
  if (settings.caBundle !== "") annotate(CA_BUNDLE, settings.caBundle);
  annotate(SAFE_TO_EVICT_VOLUMES, safeToEvict(annotations?.[SAFE_TO_EVICT_VOLUMES]));
}

/** A volume of ours must not keep the cluster autoscaler from removing a node. */
function safeToEvict(present: string | undefined): string {
  const names = (present ?? "").split(",").filter((name) => name !== "");
  return [...new Set([...names, LIBRARY_VOLUME, SPOOL_VOLUME])].join(",");
}
