/** What the operator of Heaphound decides once for all pods (chart values injector.*). */
export interface InjectionSettings {
  /** Init image with library and copier; by digest, so that the same plan gives the same pod. */
  image: string;
  imagePullPolicy: "Always" | "IfNotPresent" | "Never";
  /** `https://HOST:PORT` of the ingester, or several, comma separated. */
  server: string;
  /** PEM of the authority that signed the ingester's certificate; empty: the system's own. */
  caBundle: string;
  /** Audience that the projected token is bound to. */
  audience: string;
  /** 600 s at least; the kubelet rotates at 80 % of it. */
  tokenSeconds: number;
  mode: Mode;
  /** Most bytes of undelivered records that one container keeps in the pod's volume. */
  spoolBytes: number;
  /** Never touched, whatever their labels say: the cluster's own and Heaphound's. */
  excludedNamespaces: readonly string[];
  /** Containers of these names are sidecars: taken only when named. */
  sidecars: readonly string[];
  /** Architectures that the init image has. */
  architectures: readonly string[];
  version: string;
}

export const MODES = ["exact", "cull", "sample", "auto", "dormant"] as const;
export type Mode = (typeof MODES)[number];

/** Names by which widely used meshes and agents call their containers. */
export const KNOWN_SIDECARS = [
  "istio-proxy",
  "linkerd-proxy",
  "envoy",
  "vault-agent",
  "cloud-sql-proxy",
  "daprd",
  "fluent-bit",
  "otel-collector",
  "otc-container",
  "datadog-agent",
  "kuma-sidecar",
  "consul-dataplane",
] as const;

export const DEFAULT_SETTINGS: Omit<InjectionSettings, "image" | "server"> = {
  imagePullPolicy: "IfNotPresent",
  caBundle: "",
  audience: "heaphound",
  tokenSeconds: 3600,
  mode: "cull",
  spoolBytes: 64 * 2 ** 20,
  excludedNamespaces: ["kube-system", "kube-public", "kube-node-lease"],
  sidecars: KNOWN_SIDECARS,
  architectures: ["amd64"],
  version: "0.1.0",
};
