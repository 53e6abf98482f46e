import { INIT_CONTAINER, INJECTED, STATUS } from "./names.js";
import { wishOf } from "./opt-in.js";
import { plan } from "./plan.js";
import type { Namespace, Pod } from "./pod.js";
import type { Finding } from "./reasons.js";
import type { Refusal } from "./refusals.js";
import type { InjectionSettings } from "./settings.js";

/** What the kubelet says of a pod; only what is looked at. */
export interface ObservedPod extends Pod {
  status?: {
    phase?: string;
    podIP?: string;
    /** Of its node; the same as podIP in the node's network. */
    hostIP?: string;
    initContainerStatuses?: ContainerStatus[];
    containerStatuses?: ContainerStatus[];
  };
}

export interface ContainerStatus {
  name: string;
  restartCount?: number;
  state?: ContainerState;
  lastState?: ContainerState;
}

export interface ContainerState {
  waiting?: { reason?: string; message?: string };
  running?: { startedAt?: string | Date };
  terminated?: {
    exitCode?: number;
    reason?: string;
    message?: string;
    signal?: number;
    startedAt?: string | Date;
    finishedAt?: string | Date;
  };
}

/** Everything that a diagnosis is made from. */
export interface Observation {
  pod: ObservedPod;
  namespace: Namespace;
  settings: InjectionSettings;
  quarantine?: string;
  /** The workload's own metadata asks for injection, where it has no effect. */
  workloadAsks?: boolean;
  /** Allocations that have arrived, by container; a container that is not in it has never connected. */
  reported: ReadonlyMap<string, number>;
  /** Why an ingester turned a stream from this pod's address away. */
  refusal?: Refusal;
  nowMs: number;
}

/** A program that loads the library connects within a second or two of its first allocations. */
const PATIENCE_MS = 20_000;

/** Why a pod's profiles are there or not, the likeliest cause first. One finding `injected` alone: all is well. */
export function diagnose(observation: Observation): Finding[] {
  const { pod } = observation;
  if (pod.metadata?.labels?.[INJECTED] !== "true") return [whyNotInjected(observation)];
  const init = initFinding(pod);
  const findings = containersOf(pod).flatMap((name) => containerFindings(name, observation));
  const all = init ? [init, ...findings] : findings;
  return all.length === 0 ? [{ code: "injected" }] : all;
}

function whyNotInjected({ pod, namespace, settings, quarantine, workloadAsks }: Observation): Finding {
  const { findings } = plan({ pod, namespace, settings, ...(quarantine === undefined ? {} : { quarantine }) });
  const [first] = findings;
  if (first.code === "not_requested" && workloadAsks) return { code: "annotation_on_workload" };
  if (first.code !== "injected") return first;
  // It would be injected today. Its own label was there when it was made, so the webhook should have seen it.
  return { code: wishOf(pod.metadata) === "yes" ? "webhook_missed" : "not_restarted" };
}

/** The containers that the webhook chose, as it noted them on the pod. */
export function containersOf(pod: ObservedPod): string[] {
  try {
    const status = JSON.parse(pod.metadata?.annotations?.[STATUS] ?? "{}") as { containers?: unknown };
    const { containers } = status;
    return Array.isArray(containers) ? containers.filter((name): name is string => typeof name === "string") : [];
  } catch {
    return [];
  }
}

/** Of a container that waits because its image does not come. */
export const PULL_REASONS = ["ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"];

function initFinding(pod: ObservedPod): Finding | undefined {
  const { waiting, terminated } = statusOf(pod, INIT_CONTAINER)?.state ?? {};
  if (waiting && PULL_REASONS.includes(waiting.reason ?? ""))
    return { code: "image_pull", detail: waiting.message ?? "the registry or the name of the image" };
  if (!terminated || hasInstalled(terminated)) return undefined;
  return { code: "init_failed", detail: `it said ${(terminated.message ?? "nothing").trim().slice(0, 300)}` };
}

/** The copier always ends with 0 and says in its one line what it did. */
function hasInstalled({ exitCode, message }: { exitCode?: number; message?: string }): boolean {
  return (exitCode ?? 0) === 0 && !/"result":"(?:stub|nothing)"/.test(message ?? "");
}

function statusOf({ status = {} }: ObservedPod, name: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = status;
  return [...containerStatuses, ...initContainerStatuses].find((one) => one.name === name);
}

function containerFindings(name: string, { pod, reported, refusal, nowMs }: Observation): Finding[] {
  const status = statusOf(pod, name);
  const failure = status && failureOf(name, status);
  if (failure) return [failure];
  const allocations = reported.get(name);
  if (allocations === 0) return [{ code: "nothing_allocated", container: name }];
  const isQuiet = allocations === undefined && startedAgo(status, nowMs) >= PATIENCE_MS;
  if (!isQuiet) return [];
  return refusal === undefined ? silentFindings(name) : [{ ...refusal, container: name }];
}

/** A Job that has ended is asked about too. */
function startedAgo(status: ContainerStatus | undefined, nowMs: number): number {
  const { running, terminated } = status?.state ?? {};
  const startedAt = running?.startedAt ?? terminated?.startedAt;
  return startedAt === undefined ? 0 : nowMs - new Date(startedAt).getTime();
}

/** What the kernel answers to a program of another machine, in the words of the container runtimes. */
const WRONG_FORMAT = /exec format error/i;

function failureOf(container: string, status: ContainerStatus): Finding | undefined {
  const { state = {}, lastState = {}, restartCount = 0 } = status;
  const ended = state.terminated ?? lastState.terminated ?? {};
  const code = failureCode(ended, state.waiting);
  return code && { code, container, detail: `exit code ${ended.exitCode ?? "unknown"}, ${restartCount} restarts` };
}

function failureCode(
  { reason, exitCode, message = "" }: NonNullable<ContainerState["terminated"]>,
  waiting: ContainerState["waiting"] = {},
): Finding["code"] | undefined {
  if (reason === "OOMKilled") return "oom_killed";
  if (WRONG_FORMAT.test(message) || WRONG_FORMAT.test(waiting.message ?? "")) return "wrong_architecture";
  if (exitCode === 127) return "crashed_127";
  return waiting.reason === "CrashLoopBackOff" ? "crash_loop" : undefined;
}

/** What a program that never connected may be; only the program itself could tell them apart. */
function silentFindings(container: string): Finding[] {
  const codes = [
    "not_reporting",
    "static_binary",
    "secure_execution",
    "network_refused",
    "token_refused",
    "nothing_allocated",
  ] as const;
  return codes.map((code) => ({ code, container }));
}
