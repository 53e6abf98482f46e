import { DEFAULT_SETTINGS, MODES, type InjectionSettings } from "@heaphound/injection";
import { byteSize, listenAddress, loadConfig, wholeNumber, z, type Environment } from "@heaphound/service-kit";

const list = z.string().transform((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

const schema = z.object({
  HEAPHOUND_LOG_LEVEL: z.string().default("info"),
  /** HTTPS, for the API server. */
  HEAPHOUND_WEBHOOK_LISTEN: listenAddress.prefault("0.0.0.0:8443"),
  /** HTTP: /healthz, /readyz, /metrics. */
  HEAPHOUND_STATUS_LISTEN: listenAddress.prefault("0.0.0.0:8080"),
  HEAPHOUND_NAMESPACE: z.string().min(1).default("heaphound"),
  /** Unique per replica: the pod's name. */
  HEAPHOUND_POD: z.string().min(1).default("heaphound-injector"),
  HEAPHOUND_WEBHOOK_SERVICE: z.string().min(1).default("heaphound-injector"),
  HEAPHOUND_WEBHOOK_CONFIGURATION: z.string().min(1).default("heaphound-injector"),
  HEAPHOUND_INGESTER_SERVICE: z.string().min(1).default("heaphound-ingester"),
  /** `own`: makes and renews the certificates. `files`: they come from elsewhere (cert-manager, a given secret). */
  HEAPHOUND_CERTIFICATES: z.enum(["own", "files"]).default("own"),
  HEAPHOUND_CERTIFICATE_DIR: z.string().default("/etc/heaphound/tls"),
  HEAPHOUND_INIT_IMAGE: z.string().min(1),
  HEAPHOUND_INIT_IMAGE_PULL_POLICY: z.enum(["Always", "IfNotPresent", "Never"]).default("IfNotPresent"),
  /** What pods stream to; by default the ingester's service over TLS. */
  HEAPHOUND_INGESTER: z.string().optional(),
  /** Projected token for that audience, which the ingester knows this injector by. */
  HEAPHOUND_TOKEN_FILE: z.string().optional(),
  /** How often the leader judges coverage and has it stored. */
  HEAPHOUND_COVERAGE_SECONDS: wholeNumber(1, 3600).default(10),
  HEAPHOUND_TOKEN_AUDIENCE: z.string().min(1).default(DEFAULT_SETTINGS.audience),
  HEAPHOUND_MODE: z.enum(MODES).default(DEFAULT_SETTINGS.mode),
  HEAPHOUND_SPOOL_BYTES: byteSize.prefault("64M"),
  HEAPHOUND_EXCLUDED_NAMESPACES: list.prefault(DEFAULT_SETTINGS.excludedNamespaces.join(",")),
  HEAPHOUND_SIDECARS: list.prefault(DEFAULT_SETTINGS.sidecars.join(",")),
  HEAPHOUND_ARCHITECTURES: list.prefault(DEFAULT_SETTINGS.architectures.join(",")),
  HEAPHOUND_VERSION: z.string().default(DEFAULT_SETTINGS.version),
  /** Before a stop: how long the API server may still send reviews here, after readiness has failed. */
  HEAPHOUND_DRAIN_SECONDS: wholeNumber(0, 60).default(5),
});

export type InjectorConfig = z.output<typeof schema>;

/** Throws ConfigError naming every bad variable. */
export function readConfig(environment: Environment): InjectorConfig {
  return loadConfig(schema, environment);
}

/** What plans are made with; `caBundle` changes when certificates rotate. */
export function settingsOf(config: InjectorConfig, caBundle: string): InjectionSettings {
  const { HEAPHOUND_NAMESPACE: namespace, HEAPHOUND_INGESTER_SERVICE: service } = config;
  return {
    ...DEFAULT_SETTINGS,
    image: config.HEAPHOUND_INIT_IMAGE,
    imagePullPolicy: config.HEAPHOUND_INIT_IMAGE_PULL_POLICY,
    server: config.HEAPHOUND_INGESTER ?? `https://${service}.${namespace}.svc:7411`,
    caBundle,
    audience: config.HEAPHOUND_TOKEN_AUDIENCE,
    mode: config.HEAPHOUND_MODE,
    spoolBytes: config.HEAPHOUND_SPOOL_BYTES,
    excludedNamespaces: [...new Set([...config.HEAPHOUND_EXCLUDED_NAMESPACES, namespace])],
    sidecars: config.HEAPHOUND_SIDECARS,
    architectures: config.HEAPHOUND_ARCHITECTURES,
    version: config.HEAPHOUND_VERSION,
  };
}

/** The names under which webhook and ingester are reached within the cluster, by the Secret of their certificate. */
export function certificateNames(config: InjectorConfig): Record<string, string[]> {
  const { HEAPHOUND_NAMESPACE: namespace } = config;
  const names = (service: string): string[] => [
    `${service}.${namespace}.svc`,
    `${service}.${namespace}.svc.cluster.local`,
  ];
  return {
    [`${config.HEAPHOUND_WEBHOOK_SERVICE}-tls`]: names(config.HEAPHOUND_WEBHOOK_SERVICE),
    [`${config.HEAPHOUND_INGESTER_SERVICE}-tls`]: names(config.HEAPHOUND_INGESTER_SERVICE),
  };
}
