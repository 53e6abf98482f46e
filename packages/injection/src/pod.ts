/** A pod as JSON. Only what injection reads is typed; fields of later Kubernetes releases pass through untouched. */
export interface Pod {
  metadata?: PodMetadata;
  spec?: PodSpec;
}

export interface PodMetadata {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
}

export interface OwnerReference {
  apiVersion?: string;
  kind: string;
  name: string;
  uid?: string;
  controller?: boolean;
}

export interface PodSpec {
  containers?: Container[];
  initContainers?: Container[];
  volumes?: { name: string }[];
  os?: { name?: string };
  nodeSelector?: Record<string, string>;
  affinity?: { nodeAffinity?: { requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector } };
  securityContext?: SecurityContext;
}

export interface NodeSelector {
  nodeSelectorTerms?: { matchExpressions?: NodeRequirement[] }[];
}

export interface NodeRequirement {
  key: string;
  operator: string;
  values?: string[];
}

export interface SecurityContext {
  runAsUser?: number;
  runAsGroup?: number;
  runAsNonRoot?: boolean;
  privileged?: boolean;
}

export interface Container {
  name: string;
  image?: string;
  restartPolicy?: string;
  env?: EnvVar[];
  envFrom?: EnvFrom[];
  volumeMounts?: { name: string; mountPath: string }[];
  resources?: Resources;
  securityContext?: SecurityContext;
}

export interface EnvVar {
  name: string;
  value?: string;
  valueFrom?: ValueFrom;
}

export interface ValueFrom {
  configMapKeyRef?: KeyRef;
  secretKeyRef?: KeyRef;
  [source: string]: unknown;
}

export interface KeyRef {
  name?: string;
  key: string;
  optional?: boolean;
}

export interface EnvFrom {
  prefix?: string;
  configMapRef?: { name?: string };
  secretRef?: { name?: string };
}

export interface Resources {
  requests?: Record<string, string>;
  limits?: Record<string, string>;
}

/** What a namespace says; its labels and annotations come from a cache, never from a call on the admission path. */
export interface Namespace {
  name: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

/** A sidecar in Kubernetes' own form: an init container that keeps running. */
export function isNativeSidecar(container: Container): boolean {
  return container.restartPolicy === "Always";
}
