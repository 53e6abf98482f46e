// Who asked for profiles, who got the library and who reports, as the deployed injector judges it with its own account: what people
// are told by `kubectl heaphound status`, by Events, and by metrics.
import type { Coverage, CoveragePods } from "@heaphound/query";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Cluster } from "../src/cluster.ts";
import { until } from "../src/until.ts";
import { heaphound as cli } from "./support/cli.ts";
import { eventsOf } from "./support/events.ts";
import { Installation, namespace } from "./support/installation.ts";
import { Programs } from "./support/programs.ts";
import { foreignToken, tokenOfGonePod } from "./support/tokens.ts";
import { deployment, optIn } from "./support/workloads.ts";

const why = inject("whyNoCluster");
type Status = Coverage & CoveragePods;

describe.skipIf(why !== "")(`coverage${why && ` (${why})`}`, () => {
  let cluster: Cluster;
  let heaphound: Installation;
  let programs: Programs;

  beforeAll(async () => {
    cluster = await Cluster.up();
    heaphound = await Installation.install(cluster);
    programs = new Programs(heaphound, "covered");
    await programs.begin();
    const running = { image: "work", namespace: programs.namespace, args: ["run", "50"] };
    const vain = deployment({ ...running, name: "vain", annotations: {} }, 1) as { metadata: object };
    await programs.apply(
      deployment({ ...running, name: "seen" }, 2),
      deployment({ ...running, name: "static", image: "work-static" }, 1),
      deployment({ ...running, name: "stranger", ...foreignToken }, 1),
      deployment({ ...running, name: "heir", ...(await tokenOfGonePod(programs)) }, 1),
      // Where it has no effect: on the Deployment, not on its pods.
      { ...vain, metadata: { ...vain.metadata, annotations: optIn } },
      deployment({ ...running, name: "unasked", annotations: {} }, 1),
    );
  }, 300_000);

  afterAll(async () => {
    await programs.end();
    heaphound.close();
  }, 60_000);

  async function status(): Promise<Status> {
    return JSON.parse(await cli(cluster, "status", "--namespace", programs.namespace, "--json")) as Status;
  }

  it("is told by workload, with the likeliest cause of each gap", async () => {
    const all = { asked: 1, injected: 1, reporting: 0 };
    const gap = (code: string): object => ({ causes: [{ code, pods: 1 }] });
    const expected = {
      "Deployment/heir": { ...all, ...gap("token_refused") },
      "Deployment/seen": { asked: 2, injected: 2, reporting: 2, causes: [] },
      "Deployment/static": { ...all, ...gap("not_reporting") },
      "Deployment/stranger": { ...all, ...gap("token_refused") },
      "Deployment/vain": { ...all, injected: 0, ...gap("annotation_on_workload") },
    };
    await until("coverage of all workloads", async () => {
      const { workloads } = await status();
      const found = workloads.map(({ workload, asked, injected, reporting, causes }) => [
        workload,
        { asked, injected, reporting, causes },
      ]);
      expect(Object.fromEntries(found)).toEqual(expected);
      return true;
    });
    const { asked, injected, reporting, isStale } = await status();
    expect({ asked, injected, reporting, isStale }).toEqual({ asked: 6, injected: 5, reporting: 2, isStale: false });
  });

  it("says why a token was refused, in the API server's words", async () => {
    const detailOf = async (workload: string): Promise<string> => {
      const { pods } = await status();
      const found = pods.find((each) => each.workload === workload);
      return found?.containers[0]?.findings.find(({ code }) => code === "token_refused")?.detail ?? "";
    };
    expect(await detailOf("Deployment/stranger")).toContain(
      'token audiences ["somebody-else"] is invalid for the target audiences ["heaphound"]',
    );
    expect(await detailOf("Deployment/heir")).toContain("service account token has been invalidated");
    const read = await heaphound.api.processes(`namespace = "${programs.namespace}"`);
    expect([...new Set(read.map(({ workload }) => workload))]).toEqual(["Deployment/seen"]);
  });

  it("is told by Events on the pod and on what people know it by", async () => {
    const told = await until("events", async () => {
      const events = await eventsOf(cluster, programs.namespace, "HeaphoundNotReporting");
      return (
        ["Pod", "Deployment"].every((kind) => events.some((each) => each.of.startsWith(`${kind}/static`))) && events
      );
    });
    const ofStatic = told.filter(({ of }) => of === "Deployment/static");
    expect(ofStatic.map(({ message }) => message)).toEqual([expect.stringContaining("Nothing has arrived")]);
    expect(told.filter(({ of }) => /seen|unasked/.test(of))).toEqual([]);
    // What `kubectl describe` shows is looked up by the object's UID.
    expect(await programs.kubectl("describe", "deployment", "static")).toContain("HeaphoundNotReporting");
  });

  it("is counted for Prometheus", async () => {
    const path = `/api/v1/namespaces/${namespace}/services/heaphound-injector:8080/proxy/metrics`;
    const metrics = await cluster.kubectl("get", "--raw", path);
    const count = (state: string): string | undefined =>
      new RegExp(
        `^heaphound_injector_coverage_pods\\{(?=.*namespace="covered")(?=.*state="${state}").*\\} (\\d+)`,
        "m",
      ).exec(metrics)?.[1];
    expect([count("asked"), count("injected"), count("reporting")]).toEqual(["6", "5", "2"]);
  });

  it("needs no right to read secrets of applications, nor to change anything of theirs", async () => {
    const account = `--as=system:serviceaccount:${namespace}:heaphound-injector`;
    const may = async (...words: string[]): Promise<string> =>
      (await cluster.tryKubectl(["auth", "can-i", ...words, account, "--namespace", programs.namespace])).stdout.trim();
    expect(await may("watch", "pods")).toBe("yes");
    for (const words of ["get secrets", "create pods/exec", "delete pods", "patch deployments", "get configmaps"])
      expect([words, await may(...words.split(" "))]).toEqual([words, "no"]);
  });
});
