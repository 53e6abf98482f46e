import jsonPatch from "fast-json-patch";
import { describe, expect, it } from "vitest";
import { plan, type Plan, type PlanInput } from "./plan.js";
import type { Container, EnvVar, Pod } from "./pod.js";
import { DEFAULT_SETTINGS, type InjectionSettings } from "./settings.js";

const settings: InjectionSettings = {
  ...DEFAULT_SETTINGS,
  image: "registry.example/heaphound-init@sha256:0123",
  server: "https://heaphound-ingester.heaphound.svc:7411",
  caBundle: "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n",
};
const yes = { annotations: { "heaphound.io/inject": "true" } };

function podOf(containers: Container[], rest: Partial<Pod> = {}): Pod {
  return { metadata: yes, ...rest, spec: { containers, ...rest.spec } };
}

function run(pod: Pod, over: Partial<PlanInput> = {}): Plan & { pod: Pod } {
  const result = plan({ pod, namespace: { name: "shop" }, settings, ...over });
  const copy = structuredClone(pod);
  // validates each operation against the document, as the API server would
  const patched = jsonPatch.applyPatch(copy, result.operations as jsonPatch.Operation[], true).newDocument;
  return { ...result, pod: patched };
}

function envOf(pod: Pod, index = 0): EnvVar[] {
  return pod.spec?.containers?.[index]?.env ?? [];
}

/** What the kubelet makes of an env list: later entries win, $(NAME) means an earlier one. */
function expand(env: EnvVar[], refs: Record<string, string>): Record<string, string> {
  const values: Record<string, string> = {};
  for (const variable of env) {
    const text = textOf(variable, refs);
    if (text === undefined) continue;
    values[variable.name] = text.replace(/\$\((\w+)\)/g, (whole, other: string) => values[other] ?? whole);
  }
  return values;
}

function textOf({ value = "", valueFrom }: EnvVar, refs: Record<string, string>): string | undefined {
  const key = valueFrom?.configMapKeyRef ?? valueFrom?.secretKeyRef;
  if (!key) return value;
  return refs[key.key] ?? (key.optional ? undefined : "");
}

const OURS = "/opt/heaphound/lib/libheaphound.so";

describe("a plain pod", () => {
  const { pod, findings, containers } = run(podOf([{ name: "app", image: "a" }]));

  it("is injected", () => {
    expect(findings).toEqual([{ code: "injected" }]);
    expect(containers).toEqual(["app"]);
  });
  it("has the init container first and the three volumes", () => {
    expect(pod.spec?.initContainers?.[0]).toMatchObject({
      name: "heaphound-init",
      image: settings.image,
      securityContext: { allowPrivilegeEscalation: false, runAsNonRoot: true, readOnlyRootFilesystem: true },
    });
    expect(pod.spec?.initContainers?.[0]?.resources).toBeUndefined();
    expect(pod.spec?.volumes?.map(({ name }) => name)).toEqual([
      "heaphound-lib",
      "heaphound-spool",
      "heaphound-identity",
    ]);
  });
  it("mounts the library read-only", () => {
    expect(pod.spec?.containers?.[0]?.volumeMounts).toContainEqual({
      name: "heaphound-lib",
      mountPath: "/opt/heaphound/lib",
      readOnly: true,
    });
  });
  it("is marked for coverage and for the cluster autoscaler", () => {
    expect(pod.metadata?.labels).toEqual({ "heaphound.io/injected": "true" });
    expect(pod.metadata?.annotations).toMatchObject({
      "cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes": "heaphound-lib,heaphound-spool",
      "heaphound.io/ca-bundle": settings.caBundle,
    });
  });
  it("stays as it is when the webhook is asked again", () => {
    expect(run(pod)).toMatchObject({ operations: [], findings: [{ code: "already_injected" }] });
  });
  it("gets only the container that a later webhook added", () => {
    const later = structuredClone(pod);
    later.spec?.containers?.push({ name: "helper", image: "b" });
    const again = run(later);
    expect(again.containers).toEqual(["app", "helper"]);
    expect(again.operations.filter(({ path }) => path.startsWith("/spec/containers/0"))).toEqual([]);
    expect(again.pod.spec?.initContainers).toHaveLength(1);
    expect(again.pod.spec?.volumes).toHaveLength(3);
    expect(expand(envOf(again.pod, 1), {}).LD_PRELOAD).toBe(OURS);
  });
});

describe("who asks: pod and namespace, label and annotation", () => {
  const pods: Record<string, Pod["metadata"]> = {
    yes: { labels: { "heaphound.io/inject": "true" } },
    yesAnnotated: yes,
    no: { annotations: { "heaphound.io/inject": "false" } },
    silent: {},
    invalid: { labels: { "heaphound.io/inject": "yes" } },
    conflict: { labels: { "heaphound.io/inject": "true" }, annotations: { "heaphound.io/inject": "false" } },
  };
  const table: [string, string, string][] = [
    ["yes", "silent", "injected"],
    ["yes", "no", "injected"],
    ["yes", "invalid", "injected"],
    ["yesAnnotated", "conflict", "injected"],
    ["no", "yes", "opted_out"],
    ["no", "silent", "opted_out"],
    ["invalid", "yes", "invalid_inject_value"],
    ["conflict", "yes", "conflicting_inject_values"],
    ["silent", "yes", "injected"],
    ["silent", "yesAnnotated", "injected"],
    ["silent", "no", "namespace_opted_out"],
    ["silent", "invalid", "invalid_inject_value"],
    ["silent", "conflict", "conflicting_inject_values"],
    ["silent", "silent", "not_requested"],
  ];
  it.each(table)("pod %s, namespace %s: %s", (pod, namespace, code) => {
    const metadata = pods[pod] ?? {};
    const result = run(
      { metadata, spec: { containers: [{ name: "app" }] } },
      { namespace: { name: "shop", ...pods[namespace] } },
    );
    expect(result.findings[0].code).toBe(code);
    expect(result.operations.length > 0).toBe(code === "injected");
  });
});

describe("what is never injected", () => {
  const app = [{ name: "app" }];
  const affinity = (operator: string, values: string[]): Pod["spec"] => ({
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: "kubernetes.io/os", operator, values }] }],
        },
      },
    },
  });
  const table: [string, Pod, Partial<PlanInput>, string][] = [
    ["kube-system", podOf(app), { namespace: { name: "kube-system" } }, "namespace_excluded"],
    [
      "a disabled namespace",
      podOf(app),
      { namespace: { name: "shop", labels: { "heaphound.io/disabled": "true" } } },
      "namespace_disabled",
    ],
    [
      "a mirror pod",
      podOf(app, { metadata: { annotations: { ...yes.annotations, "kubernetes.io/config.mirror": "x" } } }),
      {},
      "mirror_pod",
    ],
    ["os windows", podOf(app, { spec: { os: { name: "windows" } } }), {}, "windows"],
    ["node selector windows", podOf(app, { spec: { nodeSelector: { "kubernetes.io/os": "windows" } } }), {}, "windows"],
    ["affinity In windows", podOf(app, { spec: affinity("In", ["windows"]) ?? {} }), {}, "windows"],
    ["affinity NotIn linux", podOf(app, { spec: affinity("NotIn", ["linux"]) ?? {} }), {}, "windows"],
    ["affinity In linux, windows", podOf(app, { spec: affinity("In", ["linux", "windows"]) ?? {} }), {}, "injected"],
    [
      "s390x",
      podOf(app, { spec: { nodeSelector: { "kubernetes.io/arch": "s390x" } } }),
      {},
      "architecture_unsupported",
    ],
    ["a quarantined workload", podOf(app), { quarantine: "3 failures" }, "quarantined"],
    ["only sidecars", podOf([{ name: "istio-proxy" }]), {}, "no_container"],
    ["12Mi of memory", podOf([{ name: "app", resources: { limits: { memory: "12Mi" } } }]), {}, "memory_limit_too_low"],
    ["a volume of our name", podOf(app, { spec: { volumes: [{ name: "heaphound-lib" }] } }), {}, "name_taken"],
  ];
  it.each(table)("%s", (_title, pod, over, code) => {
    const result = run(pod, over);
    expect(result.findings[0].code).toBe(code);
    expect(result.operations.length > 0).toBe(code === "injected");
  });
});

describe("which containers", () => {
  const containers: Container[] = [{ name: "web" }, { name: "worker" }, { name: "istio-proxy" }];
  const withNotes = (notes: Record<string, string>, spec: Partial<Pod["spec"]> = {}): Pod => ({
    metadata: { annotations: { ...yes.annotations, ...notes } },
    spec: { containers, ...spec },
  });
  const inits: Container[] = [{ name: "migrate" }, { name: "proxy", restartPolicy: "Always" }];

  it.each<[string, Pod, string[]]>([
    ["all but known sidecars", withNotes({}), ["web", "worker"]],
    ["those named", withNotes({ "heaphound.io/containers": "worker, istio-proxy" }), ["worker", "istio-proxy"]],
    ["kubectl's default container", withNotes({ "kubectl.kubernetes.io/default-container": "worker" }), ["worker"]],
    ["without the excluded", withNotes({ "heaphound.io/exclude-containers": "web" }), ["worker"]],
    ["no init container unnamed", withNotes({}, { initContainers: inits }), ["web", "worker"]],
    [
      "init containers and native sidecars when named",
      withNotes({ "heaphound.io/containers": "migrate,proxy" }, { initContainers: inits }),
      ["migrate", "proxy"],
    ],
  ])("%s", (_title, pod, expected) => {
    const result = run(pod);
    expect(result.containers).toEqual(expected);
    const all = [...(result.pod.spec?.containers ?? []), ...(result.pod.spec?.initContainers ?? [])];
    const preloaded = all.filter(({ env }) => env?.some(({ name }) => name === "LD_PRELOAD"));
    expect(preloaded.map(({ name }) => name)).toEqual(expected);
    expect(result.pod.spec?.initContainers?.[0]?.name).toBe("heaphound-init");
  });
  it("says which name does not exist", () => {
    const result = run(withNotes({ "heaphound.io/containers": "web,wbe" }));
    expect(result.findings).toEqual([{ code: "injected" }, { code: "unknown_container", detail: "wbe" }]);
  });
  it.each([
    ["heaphound.io/containers", "Web!"],
    ["heaphound.io/mode", "fast"],
    ["heaphound.io/options", "LD_LIBRARY_PATH=/x"],
    ["heaphound.io/options", "TOKEN_FILE=/x"],
    ["heaphound.io/existing-ld-preload", "a\nb"],
    ["heaphound.io/containers", "a".repeat(5000)],
  ])("refuses %s: %s", (name, value) => {
    expect(run(withNotes({ [name]: value })).findings[0]).toMatchObject({ code: "invalid_annotation" });
  });
  it("takes mode and options", () => {
    const notes = { "heaphound.io/mode": "sample", "heaphound.io/options": "sample_bytes=1M, free_stacks=1" };
    const values = expand(envOf(run(withNotes(notes)).pod), {});
    expect(values).toMatchObject({
      HEAPHOUND_MODE: "sample",
      HEAPHOUND_SAMPLE_BYTES: "1M",
      HEAPHOUND_FREE_STACKS: "1",
    });
  });
});

describe("LD_PRELOAD that is there", () => {
  const reference = { name: "tuning", key: "LD_PRELOAD" };
  const jemalloc = "/usr/lib/libjemalloc.so.2";
  const other: EnvVar = { name: "OTHER", value: "x" };
  const cases: [string, Container, Record<string, string>, string][] = [
    ["none", { name: "app" }, {}, OURS],
    ["a value", { name: "app", env: [{ name: "LD_PRELOAD", value: jemalloc }] }, {}, `${OURS}:${jemalloc}`],
    ["an empty value", { name: "app", env: [{ name: "LD_PRELOAD", value: "" }] }, {}, OURS],
    ["two values", { name: "app", env: [{ name: "LD_PRELOAD", value: " /a /b" }] }, {}, `${OURS}:/a /b`],
    [
      "a reference",
      { name: "app", env: [other, { name: "LD_PRELOAD", valueFrom: { configMapKeyRef: reference } }, other] },
      { LD_PRELOAD: jemalloc },
      `${OURS}:${jemalloc}`,
    ],
    [
      "an optional reference that is there",
      { name: "app", env: [{ name: "LD_PRELOAD", valueFrom: { secretKeyRef: { ...reference, optional: true } } }] },
      { LD_PRELOAD: jemalloc },
      `${OURS}:${jemalloc}`,
    ],
    [
      "an optional reference that is not there",
      { name: "app", env: [{ name: "LD_PRELOAD", valueFrom: { configMapKeyRef: { ...reference, optional: true } } }] },
      {},
      `${OURS}:`,
    ],
    [
      "envFrom that has it",
      { name: "app", envFrom: [{ configMapRef: { name: "tuning" } }] },
      { LD_PRELOAD: jemalloc },
      `${OURS}:${jemalloc}`,
    ],
    ["envFrom that has it not", { name: "app", envFrom: [{ secretRef: { name: "tuning" } }] }, {}, `${OURS}:`],
    [
      "envFrom with a prefix that fits",
      { name: "app", envFrom: [{ prefix: "LD_", configMapRef: { name: "t" } }] },
      { PRELOAD: jemalloc },
      `${OURS}:${jemalloc}`,
    ],
    [
      "envFrom with another prefix",
      { name: "app", envFrom: [{ prefix: "APP_", configMapRef: { name: "t" } }] },
      {},
      OURS,
    ],
  ];
  it.each(cases)("%s", (_title, container, refs, expected) => {
    const { pod } = run(podOf([container]));
    const values = expand(envOf(pod), refs);
    expect(values.LD_PRELOAD).toBe(expected);
    if (container.env?.includes(other)) expect(values.OTHER).toBe("x");
    expect(run(pod).operations).toEqual([]);
  });
  it("puts what the image sets behind ours", () => {
    const pod = podOf([{ name: "app" }], {
      metadata: { annotations: { ...yes.annotations, "heaphound.io/existing-ld-preload": jemalloc } },
    });
    expect(expand(envOf(run(pod).pod), {}).LD_PRELOAD).toBe(`${OURS}:${jemalloc}`);
  });
  it("names another agent", () => {
    const env = [{ name: "LD_PRELOAD", value: "/opt/dynatrace/oneagent/liboneagentproc.so" }];
    expect(run(podOf([{ name: "app", env }])).findings.map(({ code }) => code)).toEqual(["injected", "other_agent"]);
  });
  it("keeps variables of ours that the pod sets itself", () => {
    const env = [{ name: "HEAPHOUND_MODE", value: "dormant" }];
    const result = run(podOf([{ name: "app", env }]));
    expect(envOf(result.pod).filter(({ name }) => name === "HEAPHOUND_MODE")).toEqual(env);
    expect(result.findings[1]).toEqual({ code: "option_kept", container: "app", detail: "HEAPHOUND_MODE" });
  });
});

describe("resources, quality of service and users", () => {
  const guaranteed = { cpu: "1", memory: "1Gi" };
  it("a guaranteed pod stays guaranteed", () => {
    const { pod } = run(podOf([{ name: "app", resources: { requests: guaranteed, limits: guaranteed } }]));
    expect(pod.spec?.initContainers?.[0]?.resources).toEqual({ requests: guaranteed, limits: guaranteed });
  });
  it("the smallest container is the measure, devices stay behind", () => {
    const small = { requests: { memory: "64Mi", "nvidia.com/gpu": "1" }, limits: { memory: "128Mi" } };
    const { pod } = run(
      podOf([
        { name: "a", resources: { requests: { memory: "1Gi" } } },
        { name: "b", resources: small },
      ]),
    );
    expect(pod.spec?.initContainers?.[0]?.resources).toEqual({
      requests: { memory: "64Mi" },
      limits: { memory: "128Mi" },
    });
  });
  it("the spool fits into the ephemeral storage", () => {
    const result = run(podOf([{ name: "app", resources: { limits: { "ephemeral-storage": "100Mi" } } }]));
    expect(expand(envOf(result.pod), {}).HEAPHOUND_SPOOL_BYTES).toBe(String(12 * 2 ** 20));
    expect(result.findings.map(({ code }) => code)).toContain("small_ephemeral_storage");
  });
  it("the init container runs as the application's user", () => {
    const { pod } = run(
      podOf([{ name: "app", securityContext: { runAsUser: 1001, runAsGroup: 5, privileged: true } }]),
    );
    const context = pod.spec?.initContainers?.[0]?.securityContext;
    expect(context).toMatchObject({ runAsUser: 1001, runAsGroup: 5, runAsNonRoot: true, privileged: false });
  });
  it("and as root only where the pod says so", () => {
    const { pod } = run(podOf([{ name: "app" }], { spec: { securityContext: { runAsUser: 0 } } }));
    expect(pod.spec?.initContainers?.[0]?.securityContext).not.toHaveProperty("runAsNonRoot");
  });
});
