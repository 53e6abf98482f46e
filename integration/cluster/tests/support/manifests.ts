// Kubernetes objects as the tests write them by hand: what the chart and the webhook do, without either.
import { imageName } from "../../src/images.ts";

export const namespace = "heaphound";
const password = "only-within-this-cluster";

/** What the restricted Pod Security Standard asks for, and a read-only root. */
export const restricted = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

interface Service {
  name: string;
  port: number;
  readyPath: string;
  readyPort: number;
  environment: Record<string, string>;
  replicas?: number;
}

const environmentList = (environment: Record<string, string>): object[] =>
  Object.entries(environment).map(([name, value]) => ({ name, value }));

export function deployment({ name, port, readyPath, readyPort, environment, replicas = 1 }: Service): object[] {
  const labels = { "app.kubernetes.io/name": name };
  const container = {
    name,
    image: imageName(name),
    imagePullPolicy: "Never",
    env: environmentList(environment),
    ports: [{ containerPort: port }],
    readinessProbe: { httpGet: { path: readyPath, port: readyPort }, periodSeconds: 1, failureThreshold: 120 },
    securityContext: restricted,
    volumeMounts: [
      { name: "data", mountPath: "/data" },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
  const template = {
    metadata: { labels },
    spec: {
      automountServiceAccountToken: false,
      securityContext: { fsGroup: 65532 },
      containers: [container],
      volumes: [
        { name: "data", emptyDir: {} },
        { name: "tmp", emptyDir: {} },
      ],
    },
  };
  const metadata = { name: `heaphound-${name}`, namespace };
  return [
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata,
      spec: { replicas, selector: { matchLabels: labels }, template },
    },
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: labels, ports: [{ port, targetPort: port }] } },
  ];
}

const database = {
  HEAPHOUND_CLICKHOUSE_URL: `http://heaphound-clickhouse.${namespace}.svc:7414`,
  HEAPHOUND_CLICKHOUSE_USER: "default",
  HEAPHOUND_CLICKHOUSE_PASSWORD: password,
};

/** Embedded ClickHouse, migrations, ingester and API, each from its image. */
export function plainInstallation(): object[] {
  const clickhouse = {
    HEAPHOUND_LISTEN: "0.0.0.0:7414",
    HEAPHOUND_DATA_DIR: "/data",
    HEAPHOUND_CLICKHOUSE_PASSWORD: password,
    HEAPHOUND_CLICKHOUSE_SPOOL_DIR: "/tmp",
  };
  const ingester = {
    ...database,
    HEAPHOUND_LISTEN: "0.0.0.0:7411",
    HEAPHOUND_HTTP_LISTEN: "0.0.0.0:7415",
    HEAPHOUND_DATA_DIR: "/data",
  };
  const api = { ...database, HEAPHOUND_LISTEN: "0.0.0.0:7412" };
  return [
    ...deployment({ name: "clickhouse", port: 7414, readyPath: "/ping", readyPort: 7414, environment: clickhouse }),
    migrations(),
    ...deployment({ name: "ingester", port: 7411, readyPath: "/readyz", readyPort: 7415, environment: ingester }),
    ...deployment({ name: "api", port: 7412, readyPath: "/readyz", readyPort: 7412, environment: api }),
  ];
}

function migrations(): object {
  const container = {
    name: "migrate",
    image: imageName("ingester"),
    imagePullPolicy: "Never",
    args: ["node", "packages/schema/dist/migrate-cli.js", "--url", database.HEAPHOUND_CLICKHOUSE_URL],
    env: environmentList(database),
    securityContext: restricted,
  };
  const spec = { backoffLimit: 60, template: { spec: { restartPolicy: "OnFailure", containers: [container] } } };
  return { apiVersion: "batch/v1", kind: "Job", metadata: { name: "heaphound-migrate", namespace }, spec };
}

const fromPod = (fieldPath: string): object => ({ fieldRef: { fieldPath } });

export interface ProfiledPod {
  name: string;
  namespace?: string;
  image: string;
  args: readonly string[];
}

/** A pod as the webhook would leave it, without TLS and token. */
export function profiledPod({ name, namespace: own = "default", image, args }: ProfiledPod): object {
  const library = { name: "heaphound-lib", mountPath: "/opt/heaphound/lib" };
  const spool = { name: "heaphound-spool", mountPath: "/opt/heaphound/spool" };
  const env = [
    { name: "LD_PRELOAD", value: "/opt/heaphound/lib/libheaphound.so" },
    { name: "HEAPHOUND_SERVER", value: `heaphound-ingester.${namespace}.svc:7411` },
    { name: "HEAPHOUND_POD_NAMESPACE", valueFrom: fromPod("metadata.namespace") },
    { name: "HEAPHOUND_POD_NAME", valueFrom: fromPod("metadata.name") },
    { name: "HEAPHOUND_POD_UID", valueFrom: fromPod("metadata.uid") },
    { name: "HEAPHOUND_POD_NODE", valueFrom: fromPod("spec.nodeName") },
    { name: "HEAPHOUND_POD_CONTAINER", value: "app" },
  ];
  const init = {
    name: "heaphound-init",
    image: imageName("init"),
    imagePullPolicy: "Never",
    args: ["/opt/heaphound/lib"],
    securityContext: restricted,
    volumeMounts: [library],
  };
  const app = {
    name: "app",
    image,
    imagePullPolicy: "Never",
    args,
    env,
    securityContext: { ...restricted, runAsUser: 65532 },
    volumeMounts: [{ ...library, readOnly: true }, spool],
  };
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: own },
    spec: {
      restartPolicy: "Never",
      initContainers: [init],
      containers: [app],
      volumes: [
        { name: "heaphound-lib", emptyDir: { sizeLimit: "32Mi" } },
        { name: "heaphound-spool", emptyDir: { sizeLimit: "320Mi" } },
      ],
    },
  };
}
