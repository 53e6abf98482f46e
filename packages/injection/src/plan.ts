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

function decide(input: PlanInput): Plan {
  const refusal = refusalBeforeReading(input);
  if (refusal) return skip(refusal);
  const { pod, settings } = input;
  const request = readRequest(pod);
  const { targets, findings } = chooseContainers(pod, request, settings.sidecars);
  const [first] = targets;
  if (!first) return skip({ code: "no_container" }, findings);
  const containers = targets.map(({ container }) => container.name);
  const fresh = targets.filter((target) => !isMounted(target));
  if (fresh.length === 0) return { ...skip({ code: "already_injected" }, findings), containers };
  const resources = initResources(pod);
  if (!resources) return skip({ code: "memory_limit_too_low" }, findings);
  const spoolBytes = spoolBytesOf(pod, containers.length, settings);
  const small: Finding[] = spoolBytes < settings.spoolBytes ? [{ code: "small_ephemeral_storage" }] : [];
  const patch = new PatchBuilder();
  const found = fresh.flatMap((target) => changeContainer(patch, target, { request, settings, spoolBytes }));
  addVolumes(patch, pod, volumesOf(settings, spoolBytes, containers.length));
  changeMetadata(patch, pod, settings, containers);
  addInitContainer(patch, pod, initContainer(pod, first.container, settings, resources));
  return {
    findings: [{ code: "injected" }, ...findings, ...small, ...found],
    operations: patch.operations,
    containers,
  };
}

function refusalBeforeReading({ pod, namespace, settings, quarantine }: PlanInput): Finding | undefined {
  const refusal = refusalOf(pod, namespace);
  if (refusal) return { code: refusal };
  const obstacle = obstacleOf(pod, namespace, settings);
  if (obstacle) return obstacle;
  return quarantine === undefined ? undefined : { code: "quarantined", detail: quarantine };
}

function addVolumes(patch: PatchBuilder, pod: Pod, volumes: unknown[]): void {
  const present = pod.spec?.volumes;
  if (present?.some(({ name }) => name === LIBRARY_VOLUME)) return;
  for (const volume of volumes) patch.append("/spec/volumes", present !== undefined, volume);
}

/** After all else, as it moves the other init containers: first among them, so that they find the library too. */
function addInitContainer(patch: PatchBuilder, pod: Pod, ours: unknown): void {
  const present = pod.spec?.initContainers;
  if (!present) patch.add("/spec/initContainers", [ours]);
  else if (!present.some(({ name }) => name === INIT_CONTAINER)) patch.add("/spec/initContainers/0", ours);
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
