import {
  AdmissionregistrationV1Api,
  AppsV1Api,
  BatchV1Api,
  CoordinationV1Api,
  CoreV1Api,
  KubeConfig,
  ApiException,
} from "@kubernetes/client-node";

/** The parts of the Kubernetes API that the injector uses, and the configuration that watches need. */
export interface Cluster {
  config: KubeConfig;
  core: CoreV1Api;
  apps: AppsV1Api;
  batch: BatchV1Api;
  coordination: CoordinationV1Api;
  admission: AdmissionregistrationV1Api;
}

/** From the pod's service account; outside a cluster from the kubeconfig, as kubectl does. */
export function connectCluster(): Cluster {
  const config = new KubeConfig();
  config.loadFromDefault();
  return {
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    batch: config.makeApiClient(BatchV1Api),
    coordination: config.makeApiClient(CoordinationV1Api),
    admission: config.makeApiClient(AdmissionregistrationV1Api),
  };
}

export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof ApiException && error.code === status;
}

/** The object, or undefined when there is none. */
export async function orNone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}
