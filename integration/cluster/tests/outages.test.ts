// Parts of Heaphound fail while applications work: they notice nothing, and nothing of theirs is lost or counted twice.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Cluster } from "../src/cluster.ts";
import { until } from "../src/until.ts";
import { reasonsOf } from "./support/cli.ts";
import { Installation, namespace } from "./support/installation.ts";
import { totalsOf } from "./support/work.ts";
import { pod } from "./support/workloads.ts";

const replaced = (path: string, value: unknown): string => JSON.stringify([{ op: "replace", path, value }]);

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
    await startWork("waiting");
    await scale("heaphound-ingester", 0);
    const before = (await heaphound.api.ofPod(applications, "waiting"))[0]!;
    await scale("heaphound-ingester", 1);
    await heaphound.api.ofPod(applications, "waiting", ({ allocations }) => allocations > before.allocations + 10_000);
    await expectComplete("waiting", deletePod("waiting"));
  });

  it("of single ingesters: streams move from one to three to one", async () => {
    const early = ["moving-1", "moving-2"];
    const late = ["moving-3", "moving-4", "moving-5", "moving-6"];
    for (const name of early) await startWork(name);
    await scale("heaphound-ingester", 3);
    for (const name of late) await startWork(name);
    const logs = await Promise.all(
      (await podsOf("heaphound-ingester")).map((name) => cluster.kubectl("logs", name, "--namespace", namespace)),
    );
    expect(logs.filter((log) => log.includes("stream opened")).length).toBeGreaterThan(1);
    await scale("heaphound-ingester", 1);
    for (const name of [...early, ...late]) await expectComplete(name, deletePod(name));
    // Nine starts and ends of ingesters and programs, one after another: 87 s with a load of 12, more than two minutes with 27.
  }, 400_000);

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
      expect(await reasonsOf(cluster, applications, "alone")).toEqual(["webhook_missed"]);
    } finally {
      await scale("heaphound-injector", 1);
    }
  });

  it("of the webhook, which hangs: pods start without it, later", async () => {
    const tarpit = { image: "shell", args: ["-c", "sleep 100000 | nc -l -p 8443"], annotations: {} };
    const ports = [{ name: "webhook", containerPort: 8443 }];
    await cluster.apply(pod({ name: "tarpit", namespace, ...tarpit, container: { ports } }));
    const ready = ["--for=condition=Ready", "pod/tarpit", "--timeout=60s"];
    await cluster.kubectl("wait", "--namespace", namespace, ...ready);
    const service = ["service", "heaphound-injector", "--namespace", namespace];
    const { spec } = JSON.parse(await cluster.kubectl("get", ...service, "--output=json")) as { spec: object };
    const select = (selector: unknown): Promise<string> =>
      cluster.kubectl("patch", ...service, "--type=json", "--patch", replaced("/spec/selector", selector));
    await select({ app: "tarpit" });
    try {
      const started = Date.now();
      await cluster.apply(pod({ name: "patient", image: "work", namespace: applications, args: ["once", "10"] }));
      // Three rules could match a pod; one does, and its timeout is five seconds.
      expect(Date.now() - started).toBeLessThan(30_000);
      const words = ["get", "pod", "patient", "--namespace", applications];
      expect(await cluster.kubectl(...words, "--output=jsonpath={.spec.initContainers}")).toBe("");
      expect(await reasonsOf(cluster, applications, "patient")).toEqual(["webhook_missed"]);
    } finally {
      await select((spec as { selector: object }).selector);
      await cluster.kubectl("delete", "pod", "tarpit", "--namespace", namespace, "--now");
    }
  });
});
