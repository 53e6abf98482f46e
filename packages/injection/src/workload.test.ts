import { expect, it } from "vitest";
import { workloadOf, workloadText } from "./workload.js";

const owned = (kind: string, name: string, labels: Record<string, string> = {}): string =>
  workloadText(workloadOf({ metadata: { name: "p", labels, ownerReferences: [{ kind, name, controller: true }] } }));

it.each([
  ["Deployment/web", owned("ReplicaSet", "web-6d4cf56db6", { "pod-template-hash": "6d4cf56db6" })],
  ["Rollout/web", owned("ReplicaSet", "web-7b", { "rollouts-pod-template-hash": "7b" })],
  ["ReplicaSet/web-6d4", owned("ReplicaSet", "web-6d4")],
  ["CronJob/nightly", owned("Job", "nightly-29384756")],
  ["Job/migrate-2", owned("Job", "migrate-2")],
  ["StatefulSet/db", owned("StatefulSet", "db")],
  ["DaemonSet/agent", owned("DaemonSet", "agent")],
  ["Pod/alone", workloadText(workloadOf({ metadata: { name: "alone" } }))],
  ["Pod/alone", workloadText(workloadOf({ metadata: { name: "alone", ownerReferences: [{ kind: "X", name: "y" }] } }))],
])("%s", (expected, actual) => {
  expect(actual).toBe(expected);
});
