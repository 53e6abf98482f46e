import type { ReviewedUser } from "./reviewer.js";

/** A pod as the API server knows it from the token that the kubelet gave it. */
export interface PodIdentity {
  namespace: string;
  serviceAccount: string;
  pod: string;
  uid: string;
  /** Empty before Kubernetes 1.30. */
  node: string;
}

/** Undefined: the token is no pod's (a person's, or a service account's own). */
export function podIdentityOf({ name, extra }: ReviewedUser): PodIdentity | undefined {
  const account = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(name);
  const fact = (key: string): string => extra[`authentication.kubernetes.io/${key}`]?.[0] ?? "";
  const pod = fact("pod-name");
  const uid = fact("pod-uid");
  if (!account?.[1] || !account[2] || pod === "" || uid === "") return undefined;
  return { namespace: account[1], serviceAccount: account[2], pod, uid, node: fact("node-name") };
}
