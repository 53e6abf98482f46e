import { AppsV1Api, BatchV1Api, CoreV1Api, type KubernetesObject } from "@kubernetes/client-node";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Namespace } from "@heaphound/injection";
import { silentLogger } from "@heaphound/service-kit";
import { eventually } from "@heaphound/service-kit/testing";
import type { Cluster } from "../cluster/client.js";
import { TestApiServer } from "../test-support/api-server.js";
import { FleetWatch } from "./fleet-watch.js";

const PODS = "/api/v1/pods";
const DEPLOYMENTS = "/apis/apps/v1/deployments";
const ASKS = { "heaphound.io/inject": "true" };

let server: TestApiServer;
let watch: FleetWatch;
let namespaces: Map<string, Namespace>;

beforeEach(async () => {
  server = await TestApiServer.start();
  namespaces = new Map();
  const { config } = server;
  const cluster = {
    config,
    core: config.makeApiClient(CoreV1Api),
    apps: config.makeApiClient(AppsV1Api),
    batch: config.makeApiClient(BatchV1Api),
  } as Cluster;
  watch = new FleetWatch({
    cluster,
    log: silentLogger(),
    namespaceOf: (name) => namespaces.get(name),
    onPod: () => undefined,
    settleMs: 5,
    pauseMs: 5,
  });
});
afterEach(async () => {
  await watch.stop();
  await server.stop();
});

/** Of a Deployment unless it has labels of its own. */
function pod(name: string, labels: Record<string, string> = {}): KubernetesObject {
  const ownerReferences = [
    { apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-5d4f8", uid: "r", controller: true },
  ];
  const own = { "pod-template-hash": "5d4f8", ...labels };
  return { metadata: { uid: `uid-${name}`, name, namespace: "shop", labels: own, ownerReferences } };
}
function deployment(labels: Record<string, string>): KubernetesObject {
  const template = { metadata: {} };
  return { metadata: { uid: "d", name: "web", namespace: "shop", labels }, ...{ spec: { template } } };
}
const names = (): string[] => watch.all().map(({ name }) => name);
const untilPods = (...expected: string[]): Promise<unknown> =>
  eventually(() => names().join() === expected.join() && server.watching(PODS) === 1);

describe("FleetWatch", () => {
  it("follows the pods that somebody asked profiles of, and no others", async () => {
    server.put(PODS, pod("plain"));
    server.put(PODS, pod("asks", ASKS));
    server.put(PODS, pod("has", { "heaphound.io/injected": "true" }));
    watch.start();
    await untilPods("asks", "has");
    expect(watch.synced).toBe(true);
    server.put(PODS, pod("late", ASKS));
    server.remove(PODS, pod("asks", ASKS));
    await untilPods("has", "late");
  });

  it("looks at all pods again when a namespace begins or ceases to ask", async () => {
    server.put(PODS, pod("plain"));
    watch.start();
    await eventually(() => watch.synced);
    const say = (labels: Record<string, string>): void => {
      namespaces.set("shop", { name: "shop", labels });
      watch.namespaceChanged({ name: "shop", labels });
    };
    say(ASKS);
    await untilPods("plain");
    say({});
    await untilPods();
  });

  it("knows pods whose workload asks where it has no effect", async () => {
    server.put(PODS, pod("web-1"));
    watch.start();
    await eventually(() => watch.synced && server.watching(DEPLOYMENTS) === 1);
    server.put(DEPLOYMENTS, deployment(ASKS));
    await untilPods("web-1");
    expect(watch.all().map((found) => watch.workloadAsks(found))).toEqual([true]);
    server.put(DEPLOYMENTS, deployment({}));
    await untilPods();
  });

  it("loses nothing when connections break and versions are gone", async () => {
    server.put(PODS, pod("a", ASKS));
    watch.start();
    await untilPods("a");
    for (const name of ["b", "c"]) {
      for (const path of [PODS, DEPLOYMENTS]) server.drop(path);
      server.put(PODS, pod(name, ASKS));
      server.compact();
      await eventually(() => names().includes(name));
    }
    server.drop(PODS);
    server.remove(PODS, pod("a", ASKS));
    server.compact();
    await untilPods("b", "c");
  });
});
