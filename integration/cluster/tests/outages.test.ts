// Parts of Heaphound fail while applications work: they notice nothing, and nothing of theirs is lost or counted twice.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Cluster } from "../src/cluster.ts";
import { until } from "../src/until.ts";
import { Installation, namespace } from "./support/installation.ts";
import { Programs } from "./support/programs.ts";
import { podsOf, scale } from "./support/scale.ts";
import { pod } from "./support/workloads.ts";

const replaced = (path: string, value: unknown): string => JSON.stringify([{ op: "replace", path, value }]);

const why = inject("whyNoCluster");
const MINUTE_MS = 60_000;
/** injection.timeoutSeconds of the chart. */
const WEBHOOK_TIMEOUT_MS = 5_000;

describe.skipIf(why !== "")(`outages${why && ` (${why})`}`, () => {
  let cluster: Cluster;
  let heaphound: Installation;
  let programs: Programs;

  beforeAll(async () => {
    cluster = await Cluster.up();
    heaphound = await Installation.install(cluster);
    programs = new Programs(heaphound, "outages");
    await programs.begin();
  }, 300_000);

  afterAll(async () => {
    await programs.end();
    heaphound.close();
  }, 60_000);

  it("of the ingester, for a minute: what was recorded meanwhile comes later, once", async () => {
    await programs.start({ name: "waiting" });
    await scale(cluster, "ingester", 0);
    const goneMs = Date.now();
    const [before] = await programs.recorded("waiting");
    // Begins and ends while there is nobody to tell.
    await programs.apply(pod(programs.application({ name: "meanwhile", args: ["run", "200"] })));
    await until("a minute without an ingester", () => Date.now() - goneMs > MINUTE_MS, { everyMs: 1_000 });
    await scale(cluster, "ingester", 1);
    const isBack = ({ allocations }: { allocations: number }): boolean => allocations > before!.allocations + 10_000;
    await programs.recorded("waiting", isBack);
    await programs.recorded("meanwhile", ({ allocations }) => allocations > 0);
    await programs.expectComplete("waiting");
    await programs.expectComplete("meanwhile");
  }, 300_000);

  it("of single ingesters: streams move from one to three to one", async () => {
    const early = ["moving-1", "moving-2"];
    const late = ["moving-3", "moving-4", "moving-5", "moving-6"];
    for (const name of early) await programs.start({ name });
    await scale(cluster, "ingester", 3);
    for (const name of late) await programs.start({ name });
    const logs = await Promise.all(
      (await podsOf(cluster, "ingester")).map((name) => cluster.kubectl("logs", name, "--namespace", namespace)),
    );
    expect(logs.filter((log) => log.includes("stream opened")).length).toBeGreaterThan(1);
    await scale(cluster, "ingester", 1);
    for (const name of [...early, ...late]) await programs.expectComplete(name);
  }, 400_000);

  it("of the node: an evicted pod's last allocations are there", async () => {
    await programs.start({ name: "evicted" });
    const metadata = { name: "evicted", namespace: programs.namespace };
    const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata };
    const path = `/api/v1/namespaces/${programs.namespace}/pods/evicted/eviction`;
    await programs.expectComplete("evicted", async () => {
      const asked = await cluster.tryKubectl(["create", "--raw", path, "-f", "-"], { input: JSON.stringify(eviction) });
      expect(asked.stderr).toBe("");
    });
  });

  it("of the node: drained pods' last allocations are there", async () => {
    await programs.start({ name: "drained" });
    const node = await programs.kubectl("get", "pod", "drained", "--output=jsonpath={.spec.nodeName}");
    const only = ["--pod-selector=app=drained", "--force", "--delete-emptydir-data", "--disable-eviction=false"];
    try {
      await programs.expectComplete("drained", () => cluster.kubectl("drain", node, ...only, "--timeout=60s"));
    } finally {
      await cluster.kubectl("uncordon", node);
    }
  });

  it("of the injector: pods start without it", async () => {
    await scale(cluster, "injector", 0);
    try {
      await programs.apply(pod(programs.application({ name: "alone", args: ["once", "10"] })));
      expect(await programs.initContainers("alone")).toBe("");
      await programs.logOf("alone");
      expect(await programs.reasons("alone")).toEqual(["webhook_missed"]);
    } finally {
      await scale(cluster, "injector", 1);
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
      // The API server would go on asking it over the connection that they have. Until it has drained and is gone, the node's
      // rules have long changed; the tarpit takes one connection, so there is no trying beforehand.
      await scale(cluster, "injector", 0);
      const started = Date.now();
      await programs.apply(pod(programs.application({ name: "patient", args: ["once", "10"] })));
      // Three rules could match a pod; one does.
      expect(Date.now() - started).toBeGreaterThan(WEBHOOK_TIMEOUT_MS - 1_000);
      expect(Date.now() - started).toBeLessThan(30_000);
      expect(await programs.initContainers("patient")).toBe("");
      expect(await programs.reasons("patient")).toEqual(["webhook_missed"]);
    } finally {
      await select((spec as { selector: object }).selector);
      await scale(cluster, "injector", 1);
      await cluster.kubectl("delete", "pod", "tarpit", "--namespace", namespace, "--now");
    }
  });
});
