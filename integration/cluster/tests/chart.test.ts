// The chart's life in a cluster: installed, tested, upgraded while a program is profiled, removed without a trace.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Cluster } from "../src/cluster.ts";
import { Installation, namespace, release } from "./support/installation.ts";
import { totalsOf } from "./support/work.ts";
import { pod } from "./support/workloads.ts";

const why = inject("whyNoCluster");
const applications = "upgraded";

/** Everything that a chart or an injector may make. */
const kinds = [
  ...["deployments", "statefulsets", "replicasets", "pods", "jobs", "services", "endpointslices"],
  ...["secrets", "configmaps", "leases", "serviceaccounts", "roles", "rolebindings"],
  ...["networkpolicies", "poddisruptionbudgets", "horizontalpodautoscalers"],
];
const clusterKinds = ["mutatingwebhookconfigurations", "clusterroles", "clusterrolebindings"];

describe.skipIf(why !== "")(`the chart in a cluster${why && ` (${why})`}`, () => {
  let cluster: Cluster;
  let heaphound: Installation;

  beforeAll(async () => {
    cluster = await Cluster.up();
    heaphound = await Installation.install(cluster);
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: applications } });
  }, 300_000);

  afterAll(async () => {
    heaphound.close();
    await cluster.kubectl("delete", "namespace", applications, "--wait=false");
  }, 60_000);

  it("is found good by helm test", async () => {
    expect(await cluster.helm("test", release, "--namespace", namespace, "--timeout", "120s")).toMatch(
      /Phase:\s+Succeeded/,
    );
  });

  it("is upgraded under a running program, of which nothing is lost", async () => {
    await cluster.apply(pod({ name: "through", image: "work", namespace: applications, args: ["run", "200"] }));
    const before = await heaphound.api.ofPod(applications, "through", ({ allocations }) => allocations > 0);
    heaphound.close();
    heaphound = await Installation.install(cluster, { injection: { mode: "cull" }, ingester: { logLevel: "debug" } });
    const { allocations } = before[0]!;
    await heaphound.api.ofPod(applications, "through", (process) => process.allocations > allocations + 10_000);
    await cluster.apply(pod({ name: "after", image: "work", namespace: applications, args: ["once", "100"] }));
    const [culling] = await heaphound.api.ofPod(applications, "after", ({ running }) => !running);
    expect(culling).toMatchObject({ mode: "cull", allocations: 100 });
    const log = cluster.kubectl("logs", "through", "--namespace", applications, "--container", "app", "--follow");
    await cluster.kubectl("delete", "pod", "through", "--namespace", applications, "--wait=false");
    const made = totalsOf(await log);
    const isWhole = (process: { running: boolean; allocations: number }): boolean =>
      !process.running && process.allocations >= made.allocations;
    expect((await heaphound.api.ofPod(applications, "through", isWhole))[0]).toMatchObject({ ...made, lossCount: 0 });
  });

  it("leaves nothing but the database's password, and pods start as before", async () => {
    await cluster.helm("uninstall", release, "--namespace", namespace, "--wait", "--timeout", "120s");
    const names = async (...words: string[]): Promise<string[]> => {
      const listed = await cluster.kubectl("get", ...words, "--output=name");
      return listed.split("\n").filter((line) => line.includes("heaphound"));
    };
    expect(await names(clusterKinds.join(","))).toEqual([
      "clusterrolebinding.rbac.authorization.k8s.io/heaphound-test-reader",
    ]);
    expect(await names(kinds.join(","), "--namespace", namespace)).toEqual(["secret/heaphound-clickhouse"]);
    await cluster.apply(pod({ name: "plain", image: "work", namespace: applications, args: ["once", "10"] }));
    const inits = ["--output=jsonpath={.spec.initContainers}"];
    expect(await cluster.kubectl("get", "pod", "plain", "--namespace", applications, ...inits)).toBe("");
  });
});
