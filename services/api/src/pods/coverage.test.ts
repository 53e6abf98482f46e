import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Reviewer } from "@heaphound/identity";
import type { Coverage, CoveragePods } from "@heaphound/query";
import { startTestApi, type TestApi } from "../test-support/test-api.js";

const NOW_NS = BigInt(Date.now()) * 1_000_000n;
const MINUTE_NS = 60_000_000_000n;

interface Pod {
  uid: string;
  namespace?: string;
  workload?: string;
  container?: string;
  injected?: boolean;
  reporting?: boolean;
  codes?: string[];
  details?: string[];
  deleted?: boolean;
  ageNs?: bigint;
  restarts?: number;
}

const USUAL = {
  namespace: "shop",
  workload: "Deployment/web",
  container: "app",
  injected: true,
  reporting: true,
  codes: ["injected"],
  deleted: false,
  ageNs: 0n,
  restarts: 0,
};

function podRow(given: Pod): object {
  const { uid, ageNs, details, ...pod } = { ...USUAL, ...given };
  return {
    ...pod,
    pod_uid: uid,
    updated_ns: String(NOW_NS - ageNs),
    pod: `pod-${uid}`,
    node: "node-1",
    phase: "Running",
    created_ns: String(NOW_NS - MINUTE_NS),
    details: details ?? pod.codes.map(() => ""),
    state: "running",
    state_reason: "",
    limit_bytes: "67108864",
    request_bytes: "0",
  };
}

/** jane may get the pods of shop, root those of all namespaces. */
const reviewer: Reviewer = {
  review: (token) => Promise.resolve({ user: { name: token, groups: [], extra: {} } }),
  mayReadPods: ({ name }, { namespace, verb }) =>
    Promise.resolve(name === "root" || (verb === "get" && namespace === "shop" && name === "jane")),
  workloadOfPod: () => Promise.resolve(""),
};

let api: TestApi;
let guarded = "";

beforeAll(async () => {
  api = await startTestApi([]);
  expect(await api.json<Coverage>("coverage")).toMatchObject({ asked: 0, reportedUnixNs: null, workloads: [] });
  const pods: Pod[] = [
    { uid: "a" },
    { uid: "b", reporting: false, codes: ["not_reporting", "static_binary"], details: ["", ""] },
    // Of two containers one is silent: the pod does not report.
    { uid: "c", container: "app" },
    { uid: "c", container: "worker", reporting: false, codes: ["not_reporting"], restarts: 3 },
    { uid: "d", container: "", injected: false, reporting: false, codes: ["not_restarted"] },
    {
      uid: "e",
      namespace: "bank",
      workload: "StatefulSet/vault",
      reporting: false,
      codes: ["oom_killed"],
      details: ["exit code 137, 2 restarts"],
    },
    { uid: "gone", deleted: true },
    { uid: "forgotten", ageNs: 20n * MINUTE_NS },
    { uid: "renewed", ageNs: 10n * MINUTE_NS },
  ];
  await api.client.insert({ table: "pods", values: pods.map(podRow), format: "JSONEachRow" });
  // The same pod said again: the newest row counts.
  const older = podRow({ uid: "a", reporting: false, codes: ["not_reporting"], ageNs: MINUTE_NS });
  await api.client.insert({ table: "pods", values: [older], format: "JSONEachRow" });
  const end = (uid: string, minutesAgo: bigint, reason: string): object => ({
    pod_uid: uid,
    container: "app",
    started_ns: String(NOW_NS - (minutesAgo + 1n) * MINUTE_NS),
    finished_ns: String(NOW_NS - minutesAgo * MINUTE_NS),
    namespace: uid === "e" ? "bank" : "shop",
    pod: `pod-${uid}`,
    reason,
    exit_code: reason === "OOMKilled" ? 137 : 1,
    signal: 0,
    restarts: 0,
    limit_bytes: "67108864",
  });
  const ends = [
    end("e", 5n, "OOMKilled"),
    end("e", 9n, "OOMKilled"),
    end("e", 2n, "Error"),
    end("e", 3000n, "OOMKilled"),
  ];
  await api.client.insert({ table: "container_ends", values: ends, format: "JSONEachRow" });
  guarded = await api.another({ HEAPHOUND_READERS: "kubernetes" }, { reviewer });
}, 120_000);
afterAll(() => api.stop());

const as = async <Shape>(token: string, path: string): Promise<Shape> => {
  const response = await fetch(`${guarded}/api/v1/${path}`, { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(200);
  return (await response.json()) as Shape;
};

describe("coverage", () => {
  it("counts pods, not containers, and only those that are there", async () => {
    const coverage = await api.json<Coverage>("coverage");
    expect(coverage).toMatchObject({ asked: 6, injected: 5, reporting: 2, totalWorkloads: 2, isStale: false });
    expect(coverage.sentence).toBe("2 of 6 pods of 2 workloads report; 5 have the library");
    expect(coverage.workloads).toEqual([
      {
        namespace: "shop",
        workload: "Deployment/web",
        asked: 5,
        injected: 4,
        reporting: 2,
        restarts: 3,
        oomKills: 0,
        causes: [
          { code: "not_reporting", pods: 2 },
          { code: "not_restarted", pods: 1 },
        ],
      },
      {
        namespace: "bank",
        workload: "StatefulSet/vault",
        asked: 1,
        injected: 1,
        reporting: 0,
        restarts: 0,
        oomKills: 2,
        causes: [{ code: "oom_killed", pods: 1 }],
      },
    ]);
  });

  it("groups causes with what to do about each", async () => {
    const { causes } = await api.json<Coverage>("coverage");
    expect(causes.map(({ code, severity, pods }) => [code, severity, pods])).toEqual([
      ["not_reporting", "gap", 2],
      ["not_restarted", "gap", 1],
      ["oom_killed", "gap", 1],
    ]);
    expect(causes[1]?.advice).toContain("kubectl rollout restart");
  });

  it("lists pods with every finding and their last end, those without profiles first", async () => {
    const { pods, total } = await api.json<CoveragePods>("coverage/pods");
    expect(total).toBe(6);
    expect(pods.map(({ pod }) => pod)).toEqual(["b", "c", "d", "e", "a", "renewed"].map((uid) => `pod-${uid}`));
    expect(pods[0]?.containers[0]?.findings.map(({ code }) => code)).toEqual(["not_reporting", "static_binary"]);
    expect(pods[1]?.containers.map(({ container, reporting }) => [container, reporting])).toEqual([
      ["app", true],
      ["worker", false],
    ]);
    expect(pods[3]?.containers[0]).toMatchObject({
      limitBytes: 67_108_864,
      findings: [{ code: "oom_killed", detail: "exit code 137, 2 restarts" }],
      lastEnd: { reason: "Error", exitCode: 1 },
    });
    expect(pods[4]?.containers[0]).toMatchObject({ findings: [{ title: "Reports" }], lastEnd: null });
  });

  it("is asked for a workload, a cause, a page", async () => {
    const names = async (query: Record<string, string>): Promise<string[]> =>
      (await api.json<CoveragePods>("coverage/pods", query)).pods.map(({ pod }) => pod);
    expect(await names({ workload: "StatefulSet/vault" })).toEqual(["pod-e"]);
    expect(await names({ pod: "pod-b", namespace: "shop" })).toEqual(["pod-b"]);
    expect(await names({ code: "not_reporting" })).toEqual(["pod-b", "pod-c"]);
    expect(await names({ limit: "2", offset: "1" })).toEqual(["pod-c", "pod-d"]);
    expect(await api.json<Coverage>("coverage", { namespace: "bank" })).toMatchObject({ asked: 1, totalWorkloads: 1 });
    expect((await api.get("coverage", { space: "x" })).status).toBe(400);
  });

  it("shows readers the namespaces whose pods they may get", async () => {
    expect(await as<Coverage>("jane", "coverage")).toMatchObject({ asked: 5, totalWorkloads: 1 });
    expect(await as<Coverage>("jane", "coverage?namespace=bank")).toMatchObject({ asked: 0, workloads: [] });
    expect((await as<CoveragePods>("jane", "coverage/pods")).pods.map(({ namespace }) => namespace)).not.toContain(
      "bank",
    );
    expect(await as<Coverage>("joe", "coverage")).toMatchObject({ asked: 0, causes: [] });
    expect(await as<Coverage>("root", "coverage")).toMatchObject({ asked: 6 });
  });
});
