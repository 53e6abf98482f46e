// The chart's life in a cluster: installed, tested, upgraded while a program is profiled, removed without a trace.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Cluster } from "../src/cluster.ts";
import { until } from "../src/until.ts";
import { heaphound as cli } from "./support/cli.ts";
import { OldChart } from "./support/old-chart.ts";
import { Installation, namespace, release } from "./support/installation.ts";
import { Programs } from "./support/programs.ts";
import { totalsOf } from "./support/work.ts";
import { pod } from "./support/workloads.ts";

const why = inject("whyNoCluster");
const oldChart = await OldChart.find();
const whyNoOldChart = oldChart === undefined ? " (skipped: this checkout has no history)" : "";

/** Everything that a chart or an injector may make. */
const kinds = [
  ...["deployments", "statefulsets", "replicasets", "pods", "jobs", "services", "endpointslices"],
  ...["secrets", "configmaps", "leases", "serviceaccounts", "roles", "rolebindings"],
  ...["networkpolicies", "poddisruptionbudgets", "horizontalpodautoscalers", "persistentvolumeclaims"],
];
const clusterKinds = ["mutatingwebhookconfigurations", "clusterroles", "clusterrolebindings"];

describe.skipIf(why !== "")(`the chart in a cluster${why && ` (${why})`}`, () => {
  let cluster: Cluster;
  let heaphound: Installation;
  let programs: Programs;

  beforeAll(async () => {
    cluster = await Cluster.up();
    heaphound = await Installation.install(cluster);
    programs = new Programs(heaphound, "upgraded");
    await programs.begin();
  }, 300_000);

  afterAll(async () => {
    heaphound.close();
    await programs.end();
  }, 60_000);

  it("is found good by helm test", async () => {
    expect(await cluster.helm("test", release, "--namespace", namespace, "--timeout", "120s")).toMatch(
      /Phase:\s+Succeeded/,
    );
  });

  it("is upgraded under a running program, of which nothing is lost", async () => {
    const { allocations } = await programs.start({ name: "through" });
    await heaphound.upgrade({ injection: { mode: "cull" }, ingester: { logLevel: "debug" } });
    await programs.recorded("through", (process) => process.allocations > allocations + 10_000);
    await programs.apply(pod(programs.application({ name: "after", args: ["once", "100"] })));
    const [culling] = await programs.recorded("after", ({ running }) => !running);
    expect(culling).toMatchObject({ mode: "cull", allocations: 100 });
    await programs.expectComplete("through");
  }, 300_000);

  it("leaves nothing but the database's password, and pods run on and start as before", async () => {
    await programs.start({ name: "orphan" });
    await cluster.helm("uninstall", release, "--namespace", namespace, "--wait", "--timeout", "120s");
    const names = async (...words: string[]): Promise<string[]> => {
      const listed = await cluster.kubectl("get", ...words, "--output=name");
      return listed.split("\n").filter((line) => line.includes("heaphound"));
    };
    expect(await names(clusterKinds.join(","))).toEqual([
      "clusterrolebinding.rbac.authorization.k8s.io/heaphound-test-reader",
    ]);
    // Pods end by themselves, after their owners.
    await until("the end of all pods", async () => {
      expect(await names(kinds.join(","), "--namespace", namespace)).toEqual(["secret/heaphound-clickhouse"]);
      return true;
    });
    await programs.apply(pod(programs.application({ name: "plain", args: ["once", "10"] })));
    expect(await programs.initContainers("plain")).toBe("");

    // It has the library, which finds nobody to talk to: it has gone on, and comes to its own end.
    const log = programs.kubectl("logs", "orphan", "--container", "app", "--follow");
    await programs.delete("orphan");
    expect(totalsOf(await log).allocations).toBeGreaterThan(0);
  }, 300_000);

  it.skipIf(oldChart === undefined)(
    `of an older version becomes this one under a running program, of which nothing is lost${whyNoOldChart}`,
    async () => {
      await oldChart!.use(async (folder) => {
        heaphound.close();
        await heaphound.upgrade({}, folder);
      });
      // It cannot say yet who may tell how pods are.
      const found = await cli(cluster, "status", "--all-namespaces", "--json");
      expect(JSON.parse(found)).toMatchObject({ reportedUnixNs: null, asked: 0 });
      const { allocations } = await programs.start({ name: "old" });
      await heaphound.upgrade();
      await programs.recorded("old", (process) => process.allocations > allocations + 10_000);
      await until("coverage", async () => {
        const told = await cli(cluster, "status", "--namespace", programs.namespace, "--json");
        return (JSON.parse(told) as { reporting: number }).reporting > 0;
      });
      await programs.expectComplete("old");
    },
    400_000,
  );
});
