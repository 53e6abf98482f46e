import type {
  V1ContainerState,
  V1ContainerStateTerminated,
  V1ContainerStatus,
  V1ObjectMeta,
  V1Pod,
  V1PodSpec,
  V1PodStatus,
} from "@kubernetes/client-node";
import {
  DEFAULT_CONTAINER,
  LIBRARY_VOLUME,
  MIRROR_POD,
  parseQuantity,
  PREFIX,
  type Container,
  type ContainerState,
  type ContainerStatus,
  type ObservedPod,
  type OwnerReference,
  type PodSpec,
} from "@heaphound/injection";

/** What is remembered of a pod: what a diagnosis reads, and nothing else (no environment, no probes, no managed fields). */
export interface PodFacts extends ObservedPod {
  uid: string;
  namespace: string;
  name: string;
  node: string;
  createdMs: number;
}

const LABELS = ["pod-template-hash", "rollouts-pod-template-hash"];
const ANNOTATIONS = [DEFAULT_CONTAINER, MIRROR_POD];

export function factsOf({ metadata = {}, spec, status }: V1Pod): PodFacts {
  const { uid = "", namespace = "", name = "", creationTimestamp = 0 } = metadata;
  return {
    uid,
    namespace,
    name,
    node: spec?.nodeName ?? "",
    createdMs: new Date(creationTimestamp).getTime(),
    metadata: { name, namespace, uid, ...marksOf(metadata), ownerReferences: ownersOf(metadata) },
    spec: specOf(spec ?? { containers: [] }),
    status: observedOf(status ?? {}),
  };
}

function marksOf({ labels, annotations }: V1ObjectMeta): {
  labels: Record<string, string>;
  annotations: Record<string, string>;
} {
  return { labels: pick(labels, LABELS), annotations: pick(annotations, ANNOTATIONS) };
}

function ownersOf({ ownerReferences = [] }: V1ObjectMeta): OwnerReference[] {
  return ownerReferences
    .filter(({ controller }) => controller === true)
    .map(({ apiVersion, kind, name, uid }) => ({ apiVersion, kind, name, uid, controller: true }));
}

function observedOf(status: V1PodStatus): NonNullable<ObservedPod["status"]> {
  const { phase, podIP, hostIP, initContainerStatuses = [], containerStatuses = [] } = status;
  return {
    ...(phase !== undefined && { phase }),
    ...(podIP !== undefined && { podIP }),
    ...(hostIP !== undefined && { hostIP }),
    initContainerStatuses: initContainerStatuses.map(statusOf),
    containerStatuses: containerStatuses.map(statusOf),
  };
}

/** Ours, and those named. */
function pick(all: Record<string, string> | undefined, names: readonly string[]): Record<string, string> {
  const wanted = Object.entries(all ?? {}).filter(([key]) => key.startsWith(`${PREFIX}/`) || names.includes(key));
  return Object.fromEntries(wanted.filter(([key]) => key !== `${PREFIX}/ca-bundle`));
}

function specOf({ nodeSelector, affinity, os, containers, initContainers = [], volumes = [] }: V1PodSpec): PodSpec {
  const required = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return {
    containers: containers.map(containerOf),
    initContainers: initContainers.map(containerOf),
    volumes: volumes.map(({ name }) => ({ name })),
    ...(os && { os: { name: os.name } }),
    ...(nodeSelector && { nodeSelector }),
    ...(required && { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } }),
  };
}

function containerOf({ name, restartPolicy, resources, volumeMounts }: V1PodSpec["containers"][number]): Container {
  const { requests, limits } = resources ?? {};
  return {
    name,
    ...(restartPolicy !== undefined && { restartPolicy }),
    resources: { ...(requests && { requests }), ...(limits && { limits }) },
    volumeMounts: (volumeMounts ?? [])
      .filter((mount) => mount.name === LIBRARY_VOLUME)
      .map(({ name: volume, mountPath }) => ({ name: volume, mountPath })),
  };
}

function statusOf({ name, restartCount, state, lastState }: V1ContainerStatus): ContainerStatus {
  return { name, restartCount, state: stateOf(state), lastState: stateOf(lastState) };
}

function stateOf({ waiting, running, terminated }: V1ContainerState = {}): ContainerState {
  return {
    ...(waiting && { waiting: { reason: waiting.reason ?? "", message: short(waiting.message) } }),
    ...(running && { running: { startedAt: running.startedAt ?? "" } }),
    ...(terminated && { terminated: terminatedOf(terminated) }),
  };
}

function terminatedOf(terminated: V1ContainerStateTerminated): NonNullable<ContainerState["terminated"]> {
  const { exitCode, reason = "", signal = 0, startedAt = "", finishedAt = "" } = terminated;
  return { exitCode, reason, signal, startedAt, finishedAt, message: short(terminated.message) };
}

const short = (text: string | undefined): string => (text ?? "").slice(0, 500);

/** Of all containers, init containers behind the others. */
export function statusesOf({ status = {} }: ObservedPod): ContainerStatus[] {
  return [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])];
}

/** Bytes of a container's memory limit or request; 0: none, or nothing that can be read. */
export function memoryOf({ spec = {} }: PodFacts, name: string, which: "limits" | "requests"): number {
  const all = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const memory = all.find((container) => container.name === name)?.resources?.[which]?.memory ?? "";
  return Math.round(parseQuantity(memory) ?? 0);
}
