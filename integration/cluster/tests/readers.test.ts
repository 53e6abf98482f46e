// Who reads: Kubernetes says who somebody is (TokenReview) and whose pods they may see (SubjectAccessReview).
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ProcessList, Reader } from "@heaphound/query";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Cluster } from "../src/cluster.ts";
import { until } from "../src/until.ts";
import type { Api } from "./support/api.ts";
import { heaphound as cli } from "./support/cli.ts";
import { Installation, namespace } from "./support/installation.ts";
import { Programs } from "./support/programs.ts";

const why = inject("whyNoCluster");
const rbac = "rbac.authorization.k8s.io";

describe.skipIf(why !== "")(`readers${why && ` (${why})`}`, () => {
  let cluster: Cluster;
  let heaphound: Installation;
  let own: Programs;
  let others: Programs;
  let ann: Api;
  let token: string;

  beforeAll(async () => {
    cluster = await Cluster.up();
    heaphound = await Installation.install(cluster);
    own = new Programs(heaphound, "team-a");
    others = new Programs(heaphound, "team-b");
    for (const team of [own, others]) {
      await team.begin();
      await team.expectRecorded({ name: "job" });
    }
    const subject = { kind: "ServiceAccount", name: "ann", namespace: own.namespace };
    await cluster.apply(
      { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "ann", namespace: own.namespace } },
      binding("ann", own.namespace, { kind: "ClusterRole", name: "view" }, subject),
      // To come by `kubectl heaphound`: through the API server to the API's pod.
      {
        apiVersion: `${rbac}/v1`,
        kind: "Role",
        metadata: { name: "forward", namespace },
        rules: [
          { apiGroups: [""], resources: ["pods"], verbs: ["list"] },
          { apiGroups: [""], resources: ["pods/portforward"], verbs: ["create", "get"] },
        ],
      },
      binding("forward", namespace, { kind: "Role", name: "forward" }, subject),
    );
    token = (await own.kubectl("create", "token", "ann", "--duration=1h")).trim();
    ann = heaphound.apiFor(token);
  }, 300_000);

  afterAll(async () => {
    await cluster.kubectl("delete", "role,rolebinding", "forward", "--namespace", namespace, "--ignore-not-found");
    for (const team of [own, others]) await team.end();
    heaphound.close();
  }, 60_000);

  function binding(name: string, within: string, role: object, subject: object): object {
    const metadata = { name, namespace: within };
    const roleRef = { apiGroup: rbac, ...role };
    return { apiVersion: `${rbac}/v1`, kind: "RoleBinding", metadata, roleRef, subjects: [subject] };
  }

  const namespacesIn = ({ processes }: ProcessList): string[] => [...new Set(processes.map((each) => each.namespace))];

  it("see the namespaces whose pods they may get, and nothing of others", async () => {
    // Which namespaces there are is asked again every quarter of a minute.
    await until("ann's own namespace", async () => (await ann.get<Reader>("/reader")).namespaces?.length === 1);
    const name = "system:serviceaccount:team-a:ann";
    expect(await ann.get("/reader")).toMatchObject({ mode: "kubernetes", name, namespaces: ["team-a"] });
    expect(namespacesIn(await ann.get("/processes?limit=1000"))).toEqual(["team-a"]);
    expect(await ann.processes('namespace = "team-b"')).toEqual([]);

    const [foreign] = await heaphound.api.processes('namespace = "team-b"');
    expect((await ann.answer(`/processes/${foreign!.process}`)).status).toBe(404);
    for (const view of ["timeline", "tree", "ending", "export/heaptrack"])
      expect([view, (await ann.answer(`/processes/${foreign!.process}/${view}`)).status]).toEqual([view, 404]);
    const coverage = await ann.get<{ workloads: { namespace: string }[] }>("/coverage");
    expect(coverage.workloads.filter((each) => each.namespace === "team-b")).toEqual([]);
  });

  it("come by `kubectl heaphound` as the user of their kubeconfig", async () => {
    const folder = mkdtempSync(join(tmpdir(), "heaphound-ann-"));
    try {
      const file = join(folder, "kubeconfig");
      writeFileSync(file, await cluster.kubectl("config", "view", "--raw", "--flatten", "--output=json"));
      await cluster.kubectl("--kubeconfig", file, "config", "set-credentials", "user", `--token=${token}`);
      const listed = await cli(cluster, "ls", "--kubeconfig", file, "--json");
      expect(namespacesIn(JSON.parse(listed) as ProcessList)).toEqual(["team-a"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("sign in by a page: the token becomes a cookie that scripts cannot read", async () => {
    const { url } = heaphound.api;
    const signedIn = await fetch(`${url}/api/v1/session`, {
      method: "POST",
      headers: { "content-type": "application/json", "sec-fetch-site": "same-origin" },
      body: JSON.stringify({ token }),
    });
    expect(signedIn.status).toBe(204);
    const [cookie = ""] = signedIn.headers.getSetCookie();
    expect(cookie).toContain("HttpOnly; SameSite=Strict");
    const headers = { cookie: cookie.split(";")[0]! };
    const answer = await fetch(`${url}/api/v1/reader`, { headers });
    expect(await answer.json()).toMatchObject({ namespaces: ["team-a"], canSignOut: true });
    const foreign = await fetch(`${url}/api/v1/session`, {
      method: "DELETE",
      headers: { ...headers, "sec-fetch-site": "cross-site" },
    });
    expect(foreign.status).toBe(403);
  });

  it.each([
    ["nothing", [], "kubectl create token NAME"],
    ["a token for ingesters, as pods have it", ["--audience=heaphound"], "is invalid for the target audiences"],
  ])("who bring %s are turned away, with what to do", async (_title, words, advice) => {
    const bad = words.length === 0 ? undefined : (await own.kubectl("create", "token", "ann", ...words)).trim();
    const headers = bad === undefined ? {} : { authorization: `Bearer ${bad}` };
    const answer = await fetch(`${heaphound.api.url}/api/v1/processes`, { headers });
    expect(answer.status).toBe(401);
    expect(await answer.text()).toContain(advice);
  });

  it("see no more than Kubernetes lets them now", async () => {
    await own.kubectl("delete", "rolebinding", "ann");
    // An answer of Kubernetes counts for a minute.
    await until("an empty list", async () => (await ann.get<ProcessList>("/processes")).total === 0, {
      everyMs: 1_000,
    });
    expect((await ann.get<Reader>("/reader")).namespaces).toEqual([]);
  });
});
