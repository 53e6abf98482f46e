// Pods of every kind that a cluster has: the program does what it would do without the profiler, and what it allocated is
// recorded to the last block.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Cluster } from "../src/cluster.ts";
import { until } from "../src/until.ts";
import { restricted } from "./support/contexts.ts";
import { reasonsOf } from "./support/cli.ts";
import { Installation } from "./support/installation.ts";
import { totalsOf } from "./support/work.ts";
import { job, pod, type Application } from "./support/workloads.ts";

const why = inject("whyNoCluster");
const inNamespace = "kinds";

describe.skipIf(why !== "")(`kinds of pods${why && ` (${why})`}`, () => {
  let cluster: Cluster;
  let heaphound: Installation;

  beforeAll(async () => {
    cluster = await Cluster.up();
    heaphound = await Installation.install(cluster);
    await cluster.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: inNamespace } },
      {
        apiVersion: "v1",
        kind: "ConfigMap",
        metadata: { name: "preload", namespace: inNamespace },
        data: { library: "/lib/x86_64-linux-gnu/libm.so.6" },
      },
    );
  }, 300_000);

  afterAll(async () => {
    await cluster.kubectl(
      "delete",
      "namespace",
      inNamespace,
      "restricted",
      "limited",
      "--ignore-not-found",
      "--wait=false",
    );
    heaphound.close();
  }, 60_000);

  const once = (application: Partial<Application> & { name: string }): Application => ({
    image: "work",
    namespace: inNamespace,
    args: ["once", "5000"],
    ...application,
  });

  async function logOf({ name, namespace = "default" }: Application): Promise<string> {
    const ended = "--for=jsonpath={.status.phase}=Succeeded";
    await cluster.kubectl("wait", "--namespace", namespace, ended, `pod/${name}`, "--timeout=60s");
    return cluster.kubectl("logs", "--namespace", namespace, name, "--container", "app");
  }

  const reasons = (name: string, namespace = inNamespace): Promise<string[]> => reasonsOf(cluster, namespace, name);

  /** Runs the pod to its end; the recording has exactly what the program counted, and its owner is told that all is well. */
  async function expectRecorded(application: Application): Promise<void> {
    const { name, namespace = "default" } = application;
    await cluster.apply(pod(application));
    const made = totalsOf(await logOf(application));
    const [process] = await heaphound.api.ofPod(namespace, name, ({ running }) => !running);
    expect(process).toMatchObject({ endReason: "exit", lossCount: 0, ...made });
    expect(await reasons(name, namespace)).toEqual(["injected"]);
  }

  /** Runs the pod to its end; it did what it would have done without us, and nothing of it is recorded. */
  async function expectUnrecorded(application: Application): Promise<void> {
    const { name, namespace = "default" } = application;
    await cluster.apply(pod(application));
    expect(totalsOf(await logOf(application))).toEqual({ allocations: 5000, frees: 4500 });
    expect(await heaphound.api.processes(`namespace = "${namespace}" and pod = "${name}"`)).toEqual([]);
  }

  /** What is told of a program that stayed silent; it is given a while before anybody says so. */
  async function expectReason(name: string, code: string): Promise<void> {
    await until(`the reason ${code} of ${name}`, async () => (await reasons(name)).includes(code), { everyMs: 2_000 });
  }

  it("without a shell or anything else but the program", () => expectRecorded(once({ name: "distroless" })));

  it("on musl", () => expectRecorded(once({ name: "musl", image: "work-musl" })));

  it("that present a token for somebody else run on, and are not recorded", async () => {
    const token = { serviceAccountToken: { path: "token", audience: "somebody-else", expirationSeconds: 600 } };
    const container = {
      env: [{ name: "HEAPHOUND_TOKEN_FILE", value: "/other/token" }],
      volumeMounts: [{ name: "other", mountPath: "/other" }],
    };
    const spec = { volumes: [{ name: "other", projected: { sources: [token] } }] };
    await expectUnrecorded(once({ name: "stranger", container, spec }));
    await expectReason("stranger", "token_refused");
  });

  it("that present the token of a pod that is gone run on, and are not recorded", async () => {
    await cluster.apply(pod(once({ name: "gone", image: "pause", args: [], annotations: {} })));
    const bound = ["--bound-object-kind=Pod", "--bound-object-name=gone", "--audience=heaphound"];
    const token = await cluster.kubectl("create", "token", "default", "--namespace", inNamespace, ...bound);
    await cluster.kubectl("delete", "pod", "gone", "--namespace", inNamespace, "--now");
    await cluster.apply({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "stolen", namespace: inNamespace },
      stringData: { token: token.trim() },
    });
    const container = {
      env: [{ name: "HEAPHOUND_TOKEN_FILE", value: "/other/token" }],
      volumeMounts: [{ name: "other", mountPath: "/other" }],
    };
    const spec = { volumes: [{ name: "other", secret: { secretName: "stolen" } }] };
    await expectUnrecorded(once({ name: "heir", container, spec }));
    await expectReason("heir", "token_refused");
  });

  it("as a user without rights, on a read-only root", () =>
    expectRecorded(once({ name: "nonroot", container: { securityContext: { ...restricted, runAsUser: 12345 } } })));

  it("in a namespace that enforces the restricted standard", async () => {
    const labels = { "pod-security.kubernetes.io/enforce": "restricted" };
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: "restricted", labels } });
    const container = { securityContext: restricted };
    await expectRecorded(once({ name: "careful", namespace: "restricted", container }));
  });

  it("in a namespace with a quota and limits, still Guaranteed", async () => {
    const namespace = "limited";
    await cluster.apply(
      { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      {
        apiVersion: "v1",
        kind: "ResourceQuota",
        metadata: { name: "all", namespace },
        spec: {
          hard: { "limits.cpu": "1", "limits.memory": "128Mi", "requests.cpu": "1", "requests.memory": "128Mi" },
        },
      },
      {
        apiVersion: "v1",
        kind: "LimitRange",
        metadata: { name: "default", namespace },
        spec: { limits: [{ type: "Container", default: { cpu: "8", memory: "1Gi" }, defaultRequest: { cpu: "8" } }] },
      },
    );
    const resources = { limits: { cpu: "200m", memory: "64Mi" } };
    await expectRecorded(once({ name: "exact", namespace, container: { resources } }));
    const qos = await cluster.kubectl(
      "get",
      "pod",
      "exact",
      "--namespace",
      namespace,
      "--output=jsonpath={.status.qosClass}",
    );
    expect(qos).toBe("Guaranteed");
  });

  it("with an LD_PRELOAD of its own from a config map", async () => {
    const valueFrom = { configMapKeyRef: { name: "preload", key: "library" } };
    await expectRecorded(once({ name: "preloaded", container: { env: [{ name: "LD_PRELOAD", valueFrom }] } }));
  });

  it("that are static run as if nothing had been asked for", async () => {
    await expectUnrecorded(once({ name: "static", image: "work-static" }));
    await expectReason("static", "static_binary");
  });

  it("of a job that ends at once", async () => {
    await cluster.apply(job(once({ name: "brief", args: ["once", "300"] })));
    await cluster.kubectl("wait", "--namespace", inNamespace, "--for=condition=Complete", "job/brief", "--timeout=60s");
    const select = ["--namespace", inNamespace, "--selector=app=brief"];
    const name = await cluster.kubectl("get", "pod", ...select, "--output=jsonpath={.items[0].metadata.name}");
    const [process] = await heaphound.api.ofPod(inNamespace, name, ({ running }) => !running);
    expect(process).toMatchObject({ allocations: 300, frees: 270, lossCount: 0 });
    expect(await reasons(name)).toEqual(["injected"]);
  });

  it("that the kernel kills for their memory keep what they did until then", async () => {
    const container = { resources: { limits: { memory: "96Mi" } } };
    await cluster.apply(pod(once({ name: "greedy", args: ["grow", "500"], container })));
    const failed = "--for=jsonpath={.status.phase}=Failed";
    await cluster.kubectl("wait", "--namespace", inNamespace, failed, "pod/greedy", "--timeout=90s");
    const reason = "--output=jsonpath={.status.containerStatuses[0].state.terminated.reason}";
    expect(await cluster.kubectl("get", "pod", "greedy", "--namespace", inNamespace, reason)).toBe("OOMKilled");
    const [process] = await heaphound.api.ofPod(inNamespace, "greedy", ({ liveBytes }) => liveBytes > 30 * 2 ** 20);
    expect(process!.limitBytes).toBe(96 * 2 ** 20);
    expect(await reasons("greedy")).toEqual(["oom_killed"]);
  });
});
