import { expect, it } from "vitest";
import type { ContainerEnd, MemoryFacts } from "@heaphound/query";
import { verdictOf, type EndingFacts } from "./cause.js";

const MIB = 2 ** 20;
const SECOND = 1e9;

const memory = (cgroupMib: number, limitMib: number, cgroupOom = 0): MemoryFacts => ({
  timeNs: 9.9 * SECOND,
  residentBytes: 0,
  anonymousBytes: 0,
  fileBytes: 0,
  sharedBytes: 0,
  swapBytes: 0,
  liveBytes: 0,
  profilerBytes: 0,
  cgroupBytes: cgroupMib * MIB,
  cgroupLimitBytes: limitMib * MIB,
  cgroupSwapBytes: 0,
  cgroupOom,
  cgroupOomKills: 0,
});

const container = (reason: string, exitCode: number, finishedSeconds = 10): ContainerEnd => ({
  reason,
  exitCode,
  signal: 0,
  finishedNs: finishedSeconds * SECOND,
  restarts: 2,
  limitBytes: 64 * MIB,
});

const OOM = container("OOMKilled", 137);

it.each<[string, string, Partial<EndingFacts>, string]>([
  ["killed in a container that Kubernetes calls OOMKilled", "killed", { container: OOM }, "oom_killed"],
  ["whose stream broke off in such a container", "lost", { container: OOM }, "oom_killed"],
  ["that ended long before its container was", "killed", { container: container("OOMKilled", 137, 90) }, "killed"],
  ["that left in good order before its container was", "exit", { container: OOM }, "ended"],
  ["among others, one of which the kernel killed", "killed", { oomKills: { before: 1, after: 2 } }, "oom_killed"],
  ["when nobody was killed for memory", "killed", { oomKills: { before: 1, after: 1 } }, "killed"],
  ["that the kernel never counted", "killed", { oomKills: { before: 1, after: 0 } }, "killed"],
  ["killed at its limit", "killed", { memory: memory(63, 64) }, "likely_oom"],
  ["killed after hitting its limit", "killed", { memory: memory(30, 64, 3) }, "likely_oom"],
  ["killed far from its limit", "killed", { memory: memory(30, 64) }, "killed"],
  ["killed without a limit", "killed", { memory: memory(3000, 0) }, "killed"],
  ["lost at its limit", "lost", { memory: memory(64, 64) }, "lost"],
  [
    "lost, its container ended by SIGKILL at its limit",
    "lost",
    { container: container("Error", 137), memory: memory(64, 64) },
    "likely_oom",
  ],
  ["ended by a signal of its own", "fatal_signal", { memory: memory(64, 64) }, "signal"],
])("a process %s", (_title, endReason, facts, expected) => {
  const verdict = verdictOf({
    process: { running: false, endReason, durationNs: 10 * SECOND },
    container: null,
    memory: null,
    oomKills: null,
    unseen: null,
    ...facts,
  });
  expect(verdict.cause).toBe(expected);
});

it("names what it knows that from, the surest first", () => {
  const { evidence } = verdictOf({
    process: { running: false, endReason: "killed", durationNs: 10 * SECOND },
    container: OOM,
    memory: memory(63.5, 64, 2),
    oomKills: { before: 0, after: 1 },
    unseen: "killed: complete until 210 ms before it was last known to live",
  });
  expect(evidence).toEqual([
    "Kubernetes says of the container: OOMKilled, exit code 137, after 2 restarts.",
    "The kernel killed 1 process for memory in its control group.",
    "The control group held 63.5 MiB of 64.0 MiB, 100 ms before the end.",
    "Its limit had been hit 2 times.",
    "The record was delivered from the spool of the killed process (killed: complete until 210 ms before it was last known to live).",
  ]);
});

it("a running process has no end", () => {
  const process = { running: true, endReason: "", durationNs: SECOND };
  const facts = { process, container: OOM, memory: null, oomKills: null, unseen: null };
  expect(verdictOf(facts)).toEqual({ cause: "running", evidence: [] });
});
