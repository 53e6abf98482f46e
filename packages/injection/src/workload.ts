import type { OwnerReference, Pod } from "./pod.js";

/** What people call the thing that a pod belongs to. */
export interface Workload {
  kind: string;
  name: string;
}

/**
 * The workload as far as the pod itself tells, without a call: a ReplicaSet's name is its Deployment's (or Rollout's)
 * with the template hash behind it, a CronJob's Job has a number behind its name. A pod without an owner is its own.
 */
export function workloadOf({ metadata = {} }: Pick<Pod, "metadata">): Workload {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (!owner) return { kind: "Pod", name: metadata.name ?? metadata.generateName ?? "" };
  return ownerOf(owner, metadata.labels ?? {});
}

function ownerOf(owner: OwnerReference, labels: Record<string, string>): Workload {
  if (owner.kind === "ReplicaSet") return ownerOfReplicaSet(owner.name, labels);
  const cron = /^(.+)-\d{8,}$/.exec(owner.name)?.[1];
  return owner.kind === "Job" && cron !== undefined
    ? { kind: "CronJob", name: cron }
    : { kind: owner.kind, name: owner.name };
}

function ownerOfReplicaSet(name: string, labels: Record<string, string>): Workload {
  for (const [label, kind] of TEMPLATE_HASHES) {
    const hash = labels[label];
    if (hash !== undefined && name.endsWith(`-${hash}`)) return { kind, name: name.slice(0, -hash.length - 1) };
  }
  return { kind: "ReplicaSet", name };
}

const TEMPLATE_HASHES = [
  ["rollouts-pod-template-hash", "Rollout"],
  ["pod-template-hash", "Deployment"],
] as const;

/** As it is written in commands, quarantine entries and the database: "Deployment/web". */
export function workloadText({ kind, name }: Workload): string {
  return `${kind}/${name}`;
}
