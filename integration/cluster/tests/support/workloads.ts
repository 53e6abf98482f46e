// Applications as their owners write them: they know nothing of Heaphound but its annotation.
export const optIn = { "heaphound.io/inject": "true" };

export interface Application {
  name: string;
  image: string;
  namespace?: string;
  args?: readonly string[];
  annotations?: Record<string, string>;
  /** Merged into the container. */
  container?: object;
  /** Merged into the pod's specification. */
  spec?: object;
}

function podOf(application: Application): object {
  const { name, image, args = [], annotations = optIn, container = {}, spec = {} } = application;
  return {
    metadata: { labels: { app: name }, annotations },
    spec: {
      terminationGracePeriodSeconds: 10,
      containers: [{ name: "app", image: `localhost/${image}:test`, imagePullPolicy: "Never", args, ...container }],
      ...spec,
    },
  };
}

const named = ({ name, namespace = "default" }: Application): object => ({ name, namespace });

export function pod(application: Application): object {
  const { metadata, spec } = podOf(application) as { metadata: object; spec: object };
  const once = { restartPolicy: "Never", ...spec };
  return { apiVersion: "v1", kind: "Pod", metadata: { ...metadata, ...named(application) }, spec: once };
}

export function deployment(application: Application, replicas: number): object {
  const spec = { replicas, selector: { matchLabels: { app: application.name } }, template: podOf(application) };
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: named(application), spec };
}

export function job(application: Application): object {
  const once = { ...application, spec: { restartPolicy: "Never", ...application.spec } };
  const spec = { backoffLimit: 0, template: podOf(once) };
  return { apiVersion: "batch/v1", kind: "Job", metadata: named(application), spec };
}
