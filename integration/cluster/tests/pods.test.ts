// Pods of every kind that a cluster has: the program does what it would do without the profiler, and what it allocated is
// recorded to the last block.
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Cluster } from "../src/cluster.ts";
import { restricted } from "./support/contexts.ts";
import { Installation } from "./support/installation.ts";
import { Programs } from "./support/programs.ts";
import { job } from "./support/workloads.ts";

const why = inject("whyNoCluster");

describe.skipIf(why !== "")(`kinds of pods${why && ` (${why})`}`, () => {
  let heaphound: Installation;
  let programs: Programs;
  let inRestricted: Programs;
  let inLimited: Programs;

  beforeAll(async () => {
    heaphound = await Installation.install(await Cluster.up());
    programs = new Programs(heaphound, "kinds");
    inRestricted = new Programs(heaphound, "restricted");
    inLimited = new Programs(heaphound, "limited");
    await Promise.all([
      programs.begin(),
      inRestricted.begin({ "pod-security.kubernetes.io/enforce": "restricted" }),
      inLimited.begin(),
    ]);
    await programs.apply({
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "preload", namespace: programs.namespace },
      data: { library: "/lib/x86_64-linux-gnu/libm.so.6" },
    });
  }, 300_000);

  afterAll(async () => {
    for (const each of [programs, inRestricted, inLimited]) await each.end();
    heaphound.close();
  }, 60_000);

  it("without a shell or anything else but the program", () => programs.expectRecorded({ name: "distroless" }));

  it("on musl", () => programs.expectRecorded({ name: "musl", image: "work-musl" }));

  it("as a user without rights, on a read-only root", () =>
    programs.expectRecorded({
      name: "nonroot",
      container: { securityContext: { ...restricted, runAsUser: 12345 } },
    }));

  it("in a namespace that enforces the restricted standard", () =>
    inRestricted.expectRecorded({ name: "careful", container: { securityContext: restricted } }));

  it("in a namespace with a quota and limits, still Guaranteed", async () => {
    const { namespace } = inLimited;
    await inLimited.apply(
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
    await inLimited.expectRecorded({ name: "exact", container: { resources } });
    const qos = await inLimited.kubectl("get", "pod", "exact", "--output=jsonpath={.status.qosClass}");
    expect(qos).toBe("Guaranteed");
  });

  it("with an LD_PRELOAD of its own from a config map", async () => {
    const valueFrom = { configMapKeyRef: { name: "preload", key: "library" } };
    await programs.expectRecorded({ name: "preloaded", container: { env: [{ name: "LD_PRELOAD", valueFrom }] } });
  });

  it("that are static run as if nothing had been asked for", async () => {
    await programs.expectUnrecorded({ name: "static", image: "work-static" });
    await programs.expectReason("static", "static_binary");
  });

  it("of a job that ends at once", async () => {
    await programs.apply(job(programs.application({ name: "brief", args: ["once", "300"] })));
    await programs.kubectl("wait", "--for=condition=Complete", "job/brief", "--timeout=60s");
    const name = await programs.kubectl(
      ...["get", "pod", "--selector", "app=brief", "--output=jsonpath={.items[0].metadata.name}"],
    );
    const [process] = await programs.recorded(name, ({ running }) => !running);
    expect(process).toMatchObject({ allocations: 300, frees: 270, lossCount: 0 });
    expect(await programs.reasons(name)).toEqual(["injected"]);
  });
});
