import type { V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { create } from "@bufbuild/protobuf";
import { describe, expect, it } from "vitest";
import { DEFAULT_SETTINGS, refusalFor } from "@heaphound/injection";
import { PodReportSchema, ReportedListSchema, type PodReport } from "@heaphound/wire";
import { InjectorMetrics } from "../metrics.js";
import { Arrivals } from "./arrivals.js";
import { coverageOf, type CoverageContext, type CoverageRow } from "./coverage.js";
import { endsOf } from "./ends.js";
import type { FleetCalls } from "./fleet-client.js";
import { GapEvents } from "./gap-events.js";
import { Outbox } from "./outbox.js";
import { factsOf } from "./pod-facts.js";

const NOW = Date.parse("2026-01-01T00:10:00Z");
const at = (minute: number): Date => new Date(Date.UTC(2026, 0, 1, 0, minute));

interface PodOptions {
  name?: string;
  injected?: boolean;
  asks?: boolean;
  containers?: string[];
  statuses?: V1ContainerStatus[];
}

const status = (name: string, rest: Partial<V1ContainerStatus> = {}): V1ContainerStatus => ({
  name,
  image: "",
  imageID: "",
  ready: true,
  restartCount: 0,
  state: { running: { startedAt: at(0) } },
  ...rest,
});

function podOf({
  name = "web-1",
  injected = true,
  asks = false,
  containers = ["app"],
  statuses,
}: PodOptions = {}): V1Pod {
  const labels = {
    ...(injected && { "heaphound.io/injected": "true" }),
    ...(asks && { "heaphound.io/inject": "true" }),
  };
  return {
    metadata: {
      name,
      namespace: "shop",
      uid: `uid-${name}`,
      labels: { app: "web", "pod-template-hash": "7c9d4", ...labels },
      annotations: { secret: "of others", ...(injected && { "heaphound.io/status": JSON.stringify({ containers }) }) },
      ownerReferences: [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-7c9d4", uid: "rs", controller: true }],
      managedFields: [{ manager: "kubectl" }],
    },
    spec: {
      nodeName: "node-1",
      containers: containers.map((container) => ({
        name: container,
        env: [{ name: "PASSWORD", value: "hidden" }],
        resources: { limits: { memory: "64Mi" } },
      })),
    },
    status: {
      phase: "Running",
      podIP: "10.0.0.7",
      containerStatuses: statuses ?? containers.map((one) => status(one)),
    },
  };
}

const context = (over: Partial<CoverageContext> = {}): CoverageContext => ({
  settings: { ...DEFAULT_SETTINGS, image: "init", server: "ingester:7411" },
  namespace: { name: "shop" },
  quarantine: undefined,
  workloadAsks: false,
  arrivals: new Map(),
  refusal: undefined,
  nowMs: NOW,
  ...over,
});
const arrived = (...containers: string[]): CoverageContext["arrivals"] =>
  new Map(containers.map((name) => [name, { allocations: 5, startedMs: NOW }]));
const rowsOf = (options: PodOptions, over?: Partial<CoverageContext>): CoverageRow[] =>
  coverageOf(factsOf(podOf(options)), context(over));
const codes = (rows: readonly CoverageRow[]): (string | undefined)[] => rows.map(({ findings }) => findings[0]?.code);

describe("what is remembered of a pod", () => {
  it("is what a diagnosis needs, and no secret of anybody", () => {
    const facts = factsOf(podOf());
    const text = JSON.stringify(facts);
    expect(facts).toMatchObject({ uid: "uid-web-1", namespace: "shop", name: "web-1", node: "node-1" });
    for (const hidden of ["hidden", "PASSWORD", "of others", "kubectl"]) expect(text).not.toContain(hidden);
    expect(text.length).toBeLessThan(1_200);
  });
});

describe("coverage of a pod", () => {
  it("has a row for each profiled container, with its workload and limit", () => {
    const rows = rowsOf({ containers: ["app", "worker"] }, { arrivals: arrived("app") });
    expect(
      rows.map(({ container, reporting, workload, limitBytes }) => [container, reporting, workload, limitBytes]),
    ).toEqual([
      ["app", true, "Deployment/web", 64 * 2 ** 20],
      ["worker", false, "Deployment/web", 64 * 2 ** 20],
    ]);
    expect(codes(rows)).toEqual(["injected", "not_reporting"]);
  });
  it.each<[string, PodOptions, Partial<CoverageContext>, (string | undefined)[]]>([
    ["that nobody asked for is none", { injected: false }, {}, []],
    ["that its workload asks for in vain", { injected: false }, { workloadAsks: true }, ["annotation_on_workload"]],
    [
      "older than its namespace's wish",
      { injected: false },
      { namespace: { name: "shop", labels: { "heaphound.io/inject": "true" } } },
      ["not_restarted"],
    ],
    ["that the webhook missed", { injected: false, asks: true }, {}, ["webhook_missed"]],
    ["in quarantine", { injected: false, asks: true }, { quarantine: "127 twice" }, ["quarantined"]],
    ["that the ingester turned away", {}, { refusal: refusalFor("token_refused", "expired") }, ["token_refused"]],
  ])("%s", (_title, options, over, expected) => {
    expect(codes(rowsOf(options, over))).toEqual(expected);
  });
});

describe("ends of containers", () => {
  const ended = (startedMinute: number, reason: string, exitCode: number): NonNullable<V1ContainerStatus["state"]> => ({
    terminated: { exitCode, reason, startedAt: at(startedMinute), finishedAt: at(startedMinute + 1) },
  });
  it("are those of now and before, with limit and restarts", () => {
    const statuses = [
      status("app", { restartCount: 3, state: ended(4, "Error", 1), lastState: ended(1, "OOMKilled", 137) }),
      status("sidecar", { lastState: ended(1, "OOMKilled", 137) }),
    ];
    const ends = endsOf(factsOf(podOf({ statuses })));
    expect(ends.map(({ container, reason, exitCode, restarts }) => [container, reason, exitCode, restarts])).toEqual([
      ["app", "Error", 1, 3],
      ["app", "OOMKilled", 137, 2],
    ]);
    expect(ends[1]).toMatchObject({
      startedMs: at(1).getTime(),
      finishedMs: at(2).getTime(),
      limitBytes: 64 * 2 ** 20,
    });
  });
});

/** Takes calls as the ingester does; `fails` is an ingester that is away. */
class Calls implements FleetCalls {
  readonly reports: PodReport[] = [];
  readonly asked: string[][] = [];
  fails = false;
  constructor(private readonly answer: Parameters<typeof create<typeof ReportedListSchema>>[1] = {}) {}
  reported(podUids: string[]): ReturnType<FleetCalls["reported"]> {
    this.asked.push(podUids);
    return Promise.resolve(create(ReportedListSchema, this.answer));
  }
  record(report: Parameters<FleetCalls["record"]>[0]): Promise<void> {
    if (this.fails) return Promise.reject(new Error("away"));
    this.reports.push(create(PodReportSchema, report));
    return Promise.resolve();
  }
  get containers(): [string, boolean][] {
    return this.reports.flatMap(({ containers }) =>
      containers.map(({ pod, deleted }): [string, boolean] => [pod, deleted]),
    );
  }
}

describe("the outbox", () => {
  const both = [...rowsOf({ name: "a" }), ...rowsOf({ name: "b" })];
  it("sends what has changed, what is gone, and all of it now and then", async () => {
    const outbox = new Outbox();
    const first = new Calls();
    await outbox.send(first, both, 0);
    await outbox.send(first, both, 1_000);
    expect(first.containers).toEqual([
      ["a", false],
      ["b", false],
    ]);
    const second = new Calls();
    await outbox.send(second, [...rowsOf({ name: "a" }, { arrivals: arrived("app") })], 2_000);
    expect(second.containers).toEqual([
      ["a", false],
      ["b", true],
    ]);
    const third = new Calls();
    await outbox.send(third, [...rowsOf({ name: "a" }, { arrivals: arrived("app") })], 400_000);
    expect(third.containers).toEqual([["a", false]]);
  });
  it("keeps everything while the ingester is away, and sends each end once", async () => {
    const outbox = new Outbox();
    const pod = factsOf(
      podOf({
        statuses: [
          status("app", {
            lastState: { terminated: { exitCode: 137, reason: "OOMKilled", startedAt: at(1), finishedAt: at(2) } },
          }),
        ],
      }),
    );
    outbox.addEnds(endsOf(pod));
    const away = new Calls();
    away.fails = true;
    await expect(outbox.send(away, both, 0)).rejects.toThrow("away");
    outbox.addEnds(endsOf(pod));
    const calls = new Calls();
    const rows = coverageOf(pod, context());
    await outbox.send(calls, rows, 1_000);
    outbox.addEnds(endsOf(pod));
    await outbox.send(calls, rows, 2_000);
    expect(calls.reports.flatMap(({ ends }) => ends.map(({ reason }) => reason))).toEqual(["OOMKilled"]);
  });
});

describe("what has arrived", () => {
  it("is asked only of pods that are not known to report", async () => {
    const arrivals = new Arrivals();
    const [a, b] = [factsOf(podOf({ name: "a" })), factsOf(podOf({ name: "b" }))];
    const startedUnixNs = BigInt(at(0).getTime()) * 1_000_000n;
    const calls = new Calls({
      containers: [{ podUid: "uid-a", container: "app", allocations: 7n, startedUnixNs }],
      refused: [{ address: "10.0.0.7", reason: "no_token", detail: "none came" }],
    });
    await arrivals.ask(calls, [a, b], () => ["app"]);
    await arrivals.ask(calls, [a, b], () => ["app"]);
    expect(calls.asked).toEqual([["uid-a", "uid-b"], ["uid-b"]]);
    expect(arrivals.of(a).get("app")?.allocations).toBe(7);
    expect(arrivals.refusalOf(b, Date.now())).toEqual({ code: "token_refused", detail: "no_token: none came" });
    expect(arrivals.refusalOf(b, Date.now() + 600_000)).toBeUndefined();
    // In the node's network the address is everybody's.
    const shared = { ...b, status: { ...b.status, hostIP: "10.0.0.7" } };
    expect(arrivals.refusalOf(shared, Date.now())).toBeUndefined();
    // After a restart of the container what came before does not count.
    const restarted = factsOf(
      podOf({ name: "a", statuses: [status("app", { state: { running: { startedAt: at(5) } } })] }),
    );
    expect(arrivals.of(restarted).size).toBe(0);
  });
});

describe("events", () => {
  it("are told of gaps that last, once an hour for a workload", () => {
    const events = new GapEvents();
    const silent = [...rowsOf({ name: "a" }), ...rowsOf({ name: "b" })];
    const fine = rowsOf({ name: "c" }, { arrivals: arrived("app") });
    expect(events.choose([...silent, ...fine], 0)).toEqual([]);
    const told = events.choose([...silent, ...fine], 10_000);
    expect(told.map(({ message }) => message)).toEqual([expect.stringContaining("Nothing has arrived")]);
    expect(events.choose(silent, 20_000)).toEqual([]);
    expect(events.choose(silent, 4_000_000)).toHaveLength(1);
  });
});

it("metrics count pods, and the likeliest cause of each without profiles", async () => {
  const metrics = new InjectorMetrics();
  const rows = [
    ...rowsOf({ name: "a", containers: ["app", "worker"] }, { arrivals: arrived("app") }),
    ...rowsOf({ name: "b" }, { arrivals: arrived("app") }),
    ...rowsOf({ name: "c", injected: false, asks: true }),
  ];
  metrics.setCoverage(rows);
  const { body } = await metrics.metrics.expose();
  const value = (labels: string): string | undefined =>
    body
      .split("\n")
      .find((line) => line.includes(labels))
      ?.split(" ")
      .at(-1);
  expect(["asked", "injected", "reporting"].map((state) => value(`state="${state}"`))).toEqual(["3", "2", "1"]);
  expect(value('reason="not_reporting"')).toBe("1");
  expect(value('reason="webhook_missed"')).toBe("1");
});
