import type { Pod } from "./pod.js";

/** An object of a manifest. */
export interface Manifest {
  apiVersion?: string;
  kind?: string;
  metadata?: {
    name?: string;
    namespace?: string;
    labels?: Record<string, string>;
    annotations?: Record<string, string>;
  };
  spec?: Record<string, unknown>;
}

const TEMPLATES: Record<string, string[]> = {
  Pod: [],
  Deployment: ["spec", "template"],
  ReplicaSet: ["spec", "template"],
  StatefulSet: ["spec", "template"],
  DaemonSet: ["spec", "template"],
  Job: ["spec", "template"],
  Rollout: ["spec", "template"],
  CronJob: ["spec", "jobTemplate", "spec", "template"],
};

/** Path of the pod (template) in an object, as steps; undefined: the kind makes no pods, or has none in it. */
export function podPath(manifest: Manifest): string[] | undefined {
  const path = TEMPLATES[manifest.kind ?? ""];
  return path && typeof podAt(manifest, path) === "object" ? path : undefined;
}

/** The pod at a path that podPath has given. */
export function podAt(manifest: Manifest, path: readonly string[]): Pod {
  return path.reduce<unknown>((value, step) => (value as Record<string, unknown> | undefined)?.[step], manifest) as Pod;
}
