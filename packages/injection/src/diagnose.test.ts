import { expect, it } from "vitest";
import { diagnose, type ContainerStatus, type ObservedPod } from "./diagnose.js";
import type { Namespace } from "./pod.js";
import { refusalFor, type Refusal } from "./refusals.js";
import { DEFAULT_SETTINGS } from "./settings.js";

const settings = { ...DEFAULT_SETTINGS, image: "init", server: "ingester:7411" };
const now = Date.parse("2026-01-01T00:10:00Z");
const old = "2026-01-01T00:00:00Z";
const silence = [
  "not_reporting",
  "static_binary",
  "secure_execution",
  "network_refused",
  "token_refused",
  "nothing_allocated",
];
const running: ContainerStatus = { name: "app", state: { running: { startedAt: old } } };
const fresh: ContainerStatus = { name: "app", state: { running: { startedAt: "2026-01-01T00:09:55Z" } } };

function injected(status: ContainerStatus, init: ContainerStatus[] = []): ObservedPod {
  return {
    metadata: {
      labels: { "heaphound.io/injected": "true" },
      annotations: { "heaphound.io/status": JSON.stringify({ containers: ["app"] }) },
    },
    spec: { containers: [{ name: "app" }] },
    status: { containerStatuses: [status], initContainerStatuses: init },
  };
}

const plain = (asks: boolean): ObservedPod => ({
  metadata: asks ? { labels: { "heaphound.io/inject": "true" } } : {},
  spec: { containers: [{ name: "app" }] },
});

const waiting = (reason: string): ContainerStatus => ({ name: "app", state: { waiting: { reason } } });
const ended = (exitCode: number, reason = "Error"): ContainerStatus => ({
  ...waiting("CrashLoopBackOff"),
  lastState: { terminated: { exitCode, reason } },
  restartCount: 3,
});
const copier = (state: ContainerStatus["state"]): ContainerStatus[] => [{ name: "heaphound-init", state: state ?? {} }];

interface Over {
  reported?: [container: string, allocations: number][];
  workloadAsks?: boolean;
  refusal?: Refusal;
  namespace?: Namespace;
  quarantine?: string;
}

it.each<[string, ObservedPod, Over, string[]]>([
  ["reports", injected(running), { reported: [["app", 10]] }, ["injected"]],
  ["reports nothing", injected(running), { reported: [["app", 0]] }, ["nothing_allocated"]],
  ["has just started", injected(fresh), {}, ["injected"]],
  ["is silent", injected(running), {}, silence],
  [
    "has ended in silence",
    injected({ name: "app", state: { terminated: { exitCode: 0, startedAt: old } } }),
    {},
    silence,
  ],
  ["ended with 127", injected(ended(127)), {}, ["crashed_127"]],
  [
    "is for another machine",
    injected({
      ...waiting("CrashLoopBackOff"),
      lastState: { terminated: { exitCode: 128, message: "exec /app: exec format error" } },
    }),
    {},
    ["wrong_architecture"],
  ],
  ["shows a bad token", injected(running), { refusal: refusalFor("no_token", "none came") }, ["token_refused"]],
  ["is one stream too many", injected(running), { refusal: refusalFor("namespace_streams", "5 of 5") }, ["no_room"]],
  [
    "was turned away before it was let in",
    injected(running),
    { reported: [["app", 3]], refusal: refusalFor("no_token", "none came") },
    ["injected"],
  ],
  ["was killed for memory", injected(ended(137, "OOMKilled")), { reported: [["app", 9]] }, ["oom_killed"]],
  ["crashes", injected(ended(1)), {}, ["crash_loop"]],
  [
    "cannot pull our image",
    injected(waiting("PodInitializing"), copier({ waiting: { reason: "ImagePullBackOff" } })),
    {},
    ["image_pull"],
  ],
  [
    "has no library",
    injected(running, copier({ terminated: { exitCode: 0, message: '{"event":"heaphound-init","result":"stub"}' } })),
    { reported: [["app", 1]] },
    ["init_failed"],
  ],
  ["was not asked for", plain(false), {}, ["not_requested"]],
  ["is asked for at the wrong place", plain(false), { workloadAsks: true }, ["annotation_on_workload"]],
  ["was missed", plain(true), {}, ["webhook_missed"]],
  [
    "is older than its namespace's label",
    plain(false),
    { namespace: { name: "shop", labels: { "heaphound.io/inject": "true" } } },
    ["not_restarted"],
  ],
  ["is quarantined", plain(true), { quarantine: "3 failures" }, ["quarantined"]],
])("a pod that %s", (_title, pod, { reported = [], ...over }, expected) => {
  const findings = diagnose({
    pod,
    namespace: { name: "shop" },
    settings,
    reported: new Map(reported),
    nowMs: now,
    ...over,
  });
  expect(findings.map(({ code }) => code)).toEqual(expected);
});
