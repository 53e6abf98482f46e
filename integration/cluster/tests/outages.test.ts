// Parts of Heaphound fail while applications work: they notice nothing, and nothing of theirs is lost or counted twice.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Cluster } from "../src/cluster.ts";
import { until } from "../src/until.ts";
import { Installation, namespace } from "./support/installation.ts";
import { totalsOf } from "./support/work.ts";
import { pod } from "./support/workloads.ts";

const why = inject("whyNoCluster");
const applications = "outages";

describe.skipIf(why !== "")(`outages${why && ` (${why})`}`, () => {
  let cluster: Cluster;
  let heaphound: Installation;

  beforeAll(async () => {
    cluster = await Cluster.up();
    heaphound = await Installation.install(cluster);
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: applications } });
  }, 300_000);

  afterAll(async () => {
    await cluster.kubectl("delete", "namespace", applications, "--wait=false");
    heaphound.close();
  }, 60_000);

  async function scale(deployment: string, replicas: number): Promise<void> {
    const words = ["--namespace", namespace, `deployment/${deployment}`];
    await cluster.kubectl("scale", ...words, `--replicas=${replicas}`);
    await cluster.kubectl("rollout", "status", ...words, "--timeout=120s");
    const left = async (): Promise<boolean> => (await podsOf(deployment)).length === replicas;
    await until(`${replicas} pods of ${deployment}`, left, { everyMs: 250 });
  }

  async function podsOf(deployment: string): Promise<string[]> {
    const selector = `--selector=app.kubernetes.io/component=${deployment.replace("heaphound-", "")}`;
    const listed = await cluster.kubectl("get", "pod", "--namespace", namespace, selector, "--output=name");
    return listed.split("\n").filter((line) => line !== "");
  }

  async function startWork(name: string): Promise<void> {
    await cluster.apply(pod({ name, image: "work", namespace: applications, args: ["run", "200"] }));
    await heaphound.api.ofPod(applications, name, ({ allocations }) => allocations > 0);
  }

  /** Tells the program to end, and compares its own count with the recording. */
  async function expectComplete(name: string, end: () => Promise<unknown>): Promise<void> {
    const log = cluster.kubectl("logs", "--namespace", applications, name, "--container", "app", "--follow");
    await end();
    const made = totalsOf(await log);
    const [process] = await heaphound.api.ofPod(
      applications,
      name,
      ({ running, allocations }) => !running && allocations >= made.allocations,
    );
    expect(process).toMatchObject({ endReason: "exit", lossCount: 0, ...made });
  }

  const deletePod = (name: string) => (): Promise<string> =>
    cluster.kubectl("delete", "pod", name, "--namespace", applications, "--wait=false");

  it("of the ingester: what was recorded meanwhile comes later", async () => {
    await startWork("patient");
    await scale("heaphound-ingester", 0);
    const before = (await heaphound.api.ofPod(applications, "patient"))[0]!;
    await scale("heaphound-ingester", 1);
    await heaphound.api.ofPod(applications, "patient", ({ allocations }) => allocations > before.allocations + 10_000);
    await expectComplete("patient", deletePod("patient"));
  });

  it("of single ingesters: streams move from one to three to one", async () => {
    await startWork("moving");
    await scale("heaphound-ingester", 3);
    await scale("heaphound-ingester", 1);
    await expectComplete("moving", deletePod("moving"));
  });

  it("of the node: an evicted pod's last allocations are there", async () => {
    await startWork("evicted");
    const eviction = {
      apiVersion: "policy/v1",
      kind: "Eviction",
      metadata: { name: "evicted", namespace: applications },
    };
    const path = `/api/v1/namespaces/${applications}/pods/evicted/eviction`;
    await expectComplete("evicted", async () => {
      const asked = await cluster.tryKubectl(["create", "--raw", path, "-f", "-"], { input: JSON.stringify(eviction) });
      expect(asked.stderr).toBe("");
    });
  });

  it("of the node: drained pods' last allocations are there", async () => {
    await startWork("drained");
    const only = ["--pod-selector=app=drained", "--force", "--delete-emptydir-data", "--disable-eviction=false"];
    try {
      await expectComplete("drained", () => cluster.kubectl("drain", "node1", ...only, "--timeout=60s"));
    } finally {
      await cluster.kubectl("uncordon", "node1");
    }
  });

  it("of the injector: pods start without it", async () => {
    await scale("heaphound-injector", 0);
    try {
      await cluster.apply(pod({ name: "alone", image: "work", namespace: applications, args: ["once", "10"] }));
      const words = ["get", "pod", "alone", "--namespace", applications];
      expect(await cluster.kubectl(...words, "--output=jsonpath={.spec.initContainers}")).toBe("");
      const ended = "--for=jsonpath={.status.phase}=Succeeded";
      await cluster.kubectl("wait", "--namespace", applications, ended, "pod/alone", "--timeout=60s");
    } finally {
      await scale("heaphound-injector", 1);
    }
  });
});
