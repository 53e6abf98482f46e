// What the injector's leader does beside judging: it takes workloads out that fail with the library, and another replica goes on when
// the leader is gone.
import type { Coverage } from "@heaphound/query";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Cluster } from "../src/cluster.ts";
import { until } from "../src/until.ts";
import { heaphound as cli } from "./support/cli.ts";
import { eventsOf } from "./support/events.ts";
import { Installation, namespace } from "./support/installation.ts";
import { Programs } from "./support/programs.ts";
import { podsOf, scale } from "./support/scale.ts";
import { deployment } from "./support/workloads.ts";

const why = inject("whyNoCluster");

describe.skipIf(why !== "")(`the injector's leader${why && ` (${why})`}`, () => {
  let cluster: Cluster;
  let heaphound: Installation;
  let programs: Programs;

  beforeAll(async () => {
    cluster = await Cluster.up();
    heaphound = await Installation.install(cluster);
    programs = new Programs(heaphound, "guarded");
    await programs.begin();
  }, 300_000);

  afterAll(async () => {
    await programs.end();
    heaphound.close();
  }, 60_000);

  /** Deletes the pods of a workload; returns the name of the one that comes instead. */
  async function replacedPodOf(app: string): Promise<string> {
    const names = (): Promise<string> =>
      programs.kubectl("get", "pod", "--selector", `app=${app}`, "--output=jsonpath={.items[*].metadata.name}");
    const before = await names();
    await programs.kubectl("delete", "pod", "--selector", `app=${app}`, "--now");
    return until(`a new pod of ${app}`, async () => {
      const [name = "", ...others] = (await names()).split(" ");
      return name !== "" && others.length === 0 && !before.split(" ").includes(name) && name;
    });
  }

  it("takes a workload out that fails with the library, says so, and lets it in again", async () => {
    // Without arguments the program ends with 2 at once, three times in a few seconds.
    await programs.apply(deployment({ name: "failing", image: "work", namespace: programs.namespace }, 1));
    const [told] = await until("the event", async () => {
      const events = await eventsOf(cluster, programs.namespace, "HeaphoundQuarantined");
      const ofWorkload = events.filter(({ of }) => of === "Deployment/failing");
      return ofWorkload.length > 0 && ofWorkload;
    });
    expect(told!.message).toContain("exit code 2");
    expect(told!.message).toContain("kubectl heaphound release Deployment/failing -n guarded");

    const untouched = await replacedPodOf("failing");
    expect(await programs.initContainers(untouched)).toBe("");
    await until("the cause", async () => {
      const answer = await cli(cluster, "status", "--namespace", programs.namespace, "--json");
      const { workloads } = JSON.parse(answer) as Coverage;
      expect(workloads.flatMap(({ causes }) => causes)).toEqual([{ code: "quarantined", pods: 1 }]);
      return true;
    });

    await cli(cluster, "release", "Deployment/failing", "--namespace", programs.namespace);
    await until("an injected pod", async () => {
      const name = await replacedPodOf("failing");
      return (await programs.initContainers(name)) === "heaphound-init";
    });
    // It fails as before, and is taken out again.
    await until("a second quarantine", async () => (await quarantined()).includes("guarded.Deployment.failing"));
    await programs.kubectl("delete", "deployment", "failing", "--cascade=foreground");
    await cli(cluster, "release", "Deployment/failing", "--namespace", programs.namespace);
    expect(await quarantined()).not.toContain("guarded.");
  });

  it("is followed by another replica when it is killed, which judges pods that came meanwhile", async () => {
    await scale(cluster, "injector", 2);
    try {
      const leader = await leaderOtherThan("");
      await cluster.kubectl("delete", "pod", leader, "--namespace", namespace, "--grace-period=0", "--force");
      await programs.apply(deployment(programs.application({ name: "late", args: ["run", "50"] }), 1));
      const next = await leaderOtherThan(leader);
      expect(await podsOf(cluster, "injector")).toContain(`pod/${next}`);
      await until("coverage of a pod that came meanwhile", async () => {
        const answer = await cli(cluster, "status", "--namespace", programs.namespace, "--json");
        const { workloads } = JSON.parse(answer) as Coverage;
        const late = workloads.find(({ workload }) => workload === "Deployment/late");
        return late?.asked === 1 && (late.reporting === 1 || late.causes.length === 1);
      });
    } finally {
      await scale(cluster, "injector", 1);
    }
  }, 300_000);

  /** Entries of the list of workloads that were taken out. */
  function quarantined(): Promise<string> {
    return cluster.kubectl(
      ...["get", "configmap", "heaphound-quarantine", "--namespace", namespace, "--output=jsonpath={.data}"],
    );
  }

  /** The pod that holds the lease, once it is another one that lives. */
  async function leaderOtherThan(former: string): Promise<string> {
    const words = ["get", "lease", "heaphound-injector", "--namespace", namespace];
    return until("a leader", async () => {
      const holder = await cluster.kubectl(...words, "--output=jsonpath={.spec.holderIdentity}");
      return holder !== former && (await podsOf(cluster, "injector")).includes(`pod/${holder}`) && holder;
    });
  }
});
