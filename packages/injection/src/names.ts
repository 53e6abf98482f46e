/** What injection writes into a pod, and what people write to steer it. Permanent: dashboards and scripts use them. */
export const PREFIX = "heaphound.io";

/** On a pod or a namespace, as label or annotation: "true" or "false". */
export const INJECT = `${PREFIX}/inject`;
/** On a namespace, as label: "true" keeps every pod in it untouched, whatever the pod says. */
export const DISABLED = `${PREFIX}/disabled`;

/** Annotations on a pod. */
export const CONTAINERS = `${PREFIX}/containers`;
export const EXCLUDE_CONTAINERS = `${PREFIX}/exclude-containers`;
export const MODE = `${PREFIX}/mode`;
export const OPTIONS = `${PREFIX}/options`;
/** LD_PRELOAD that the image sets by ENV: a webhook cannot see it, and the pod's own value would hide it. */
export const EXISTING_PRELOAD = `${PREFIX}/existing-ld-preload`;

/** Written by the webhook. */
export const INJECTED = `${PREFIX}/injected`;
export const STATUS = `${PREFIX}/status`;
/** PEM of the authority that signs the ingester's certificate; the application reads it as a file. */
export const CA_BUNDLE = `${PREFIX}/ca-bundle`;

export const INIT_CONTAINER = "heaphound-init";
export const LIBRARY_VOLUME = "heaphound-lib";
export const SPOOL_VOLUME = "heaphound-spool";
export const IDENTITY_VOLUME = "heaphound-identity";

export const LIBRARY_DIRECTORY = "/opt/heaphound/lib";
export const LIBRARY = `${LIBRARY_DIRECTORY}/libheaphound.so`;
export const SPOOL_DIRECTORY = "/opt/heaphound/spool";
export const IDENTITY_DIRECTORY = "/opt/heaphound/identity";

/** Holds what LD_PRELOAD was, where that is only known when the container starts. */
export const ORIGINAL_PRELOAD = "HEAPHOUND_ORIGINAL_PRELOAD";

export const SAFE_TO_EVICT_VOLUMES = "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes";
export const DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";
export const MIRROR_POD = "kubernetes.io/config.mirror";
