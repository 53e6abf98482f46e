import { expect, it } from "vitest";
import { judge } from "./crash-guard.js";

const at = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString();

interface Failure {
  exitCode: number;
  restarts: number;
  seconds?: number;
  reason?: string;
  name?: string;
}

const verdict = ({ exitCode, restarts, seconds = 1, reason = "Error", name = "app" }: Failure): string | undefined =>
  judge(
    {
      status: {
        containerStatuses: [
          {
            name,
            restartCount: restarts,
            state: { waiting: { reason: "CrashLoopBackOff" } },
            lastState: {
              terminated: { exitCode, reason, ...{ startedAt: at(0), finishedAt: at(seconds) } },
            },
          },
        ],
      },
    },
    ["app"],
    60_000,
  )?.reason;

it.each<[string, Failure, string | undefined]>([
  ["one 127", { exitCode: 127, restarts: 1 }, undefined],
  ["two 127", { exitCode: 127, restarts: 2 }, "container app ended with 127 2 times"],
  ["two early failures", { exitCode: 1, restarts: 2 }, undefined],
  [
    "three early failures",
    { exitCode: 139, restarts: 3 },
    "container app failed 3 times within a minute of its start (exit code 139)",
  ],
  ["failures after minutes of work", { exitCode: 1, restarts: 9, seconds: 300 }, undefined],
  ["kills for memory", { exitCode: 137, restarts: 9, reason: "OOMKilled" }, undefined],
  ["a Job that is done", { exitCode: 0, restarts: 9, reason: "Completed" }, undefined],
  ["a container that is not profiled", { exitCode: 127, restarts: 9, name: "sidecar" }, undefined],
])("%s", (_title, failure, expected) => {
  expect(verdict(failure)).toBe(expected);
});

it.each<[string, string, number, string | undefined]>([
  ["for a while", "ImagePullBackOff", 299_000, undefined],
  [
    "for five minutes",
    "ImagePullBackOff",
    300_000,
    "our init container's image cannot be pulled (ImagePullBackOff), which keeps the pod from starting",
  ],
  ["because it waits for something else", "PodInitializing", 900_000, undefined],
])("an init container that has not started %s", (_title, reason, ageMs, expected) => {
  const waiting = { name: "heaphound-init", restartCount: 0, state: { waiting: { reason } } };
  expect(judge({ status: { initContainerStatuses: [waiting] } }, ["app"], ageMs)?.reason).toBe(expected);
});
