import {
  containersOf,
  diagnose,
  INJECTED,
  workloadOf,
  workloadText,
  type Finding,
  type InjectionSettings,
  type Namespace,
  type ObservedPod,
  type Refusal,
} from "@heaphound/injection";
import { memoryOf, statusesOf, type PodFacts } from "./pod-facts.js";

/** What has arrived from one container of a pod. */
export interface Arrival {
  allocations: number;
  /** Start of its newest process. */
  startedMs: number;
}

/** Everything that coverage is judged by, beside the pod. */
export interface CoverageContext {
  settings: InjectionSettings;
  namespace: Namespace;
  quarantine: string | undefined;
  workloadAsks: boolean;
  /** By container. */
  arrivals: ReadonlyMap<string, Arrival>;
  refusal: Refusal | undefined;
  nowMs: number;
}

/** A container of a pod, or (`container` empty) a pod that the library was not put into. */
export interface CoverageRow {
  pod: PodFacts;
  container: string;
  workload: string;
  injected: boolean;
  reporting: boolean;
  findings: Finding[];
  state: string;
  stateReason: string;
  restarts: number;
  limitBytes: number;
  requestBytes: number;
}

/** Pods that nobody wants profiles of are no gap. */
const UNWANTED: ReadonlySet<Finding["code"]> = new Set(["not_requested", "opted_out", "namespace_opted_out"]);

/** How a pod is covered; no row: nobody asked for it. */
export function coverageOf(pod: PodFacts, context: CoverageContext): CoverageRow[] {
  const { arrivals, quarantine, refusal, ...rest } = context;
  const findings = diagnose({
    ...rest,
    pod,
    reported: new Map([...arrivals].map(([container, { allocations }]) => [container, allocations])),
    ...(quarantine !== undefined && { quarantine }),
    ...(refusal !== undefined && { refusal }),
  });
  const [first] = findings;
  if (first !== undefined && UNWANTED.has(first.code)) return [];
  const isInjected = pod.metadata?.labels?.[INJECTED] === "true";
  const containers = isInjected ? containersOf(pod) : [];
  if (containers.length === 0) return [rowOf(pod, "", { isInjected, isReporting: false, findings })];
  return containers.map((name) => {
    const own = findings.filter(({ container }) => container === undefined || container === name);
    return rowOf(pod, name, {
      isInjected,
      isReporting: (arrivals.get(name)?.allocations ?? 0) > 0,
      findings: own.length > 0 ? own : [{ code: "injected" }],
    });
  });
}

interface Judged {
  isInjected: boolean;
  isReporting: boolean;
  findings: Finding[];
}

function rowOf(pod: PodFacts, container: string, { isInjected, isReporting, findings }: Judged): CoverageRow {
  const { state, stateReason, restarts } = stateOf(pod, container);
  return {
    pod,
    container,
    workload: workloadText(workloadOf(pod)),
    injected: isInjected,
    reporting: isReporting,
    findings,
    state,
    stateReason,
    restarts,
    limitBytes: memoryOf(pod, container, "limits"),
    requestBytes: memoryOf(pod, container, "requests"),
  };
}

function stateOf(pod: ObservedPod, container: string): Pick<CoverageRow, "state" | "stateReason" | "restarts"> {
  const { state = {}, restartCount: restarts = 0 } = statusesOf(pod).find(({ name }) => name === container) ?? {};
  const { waiting, terminated } = state;
  if (waiting) return { state: "waiting", stateReason: waiting.reason ?? "", restarts };
  if (terminated) return { state: "terminated", stateReason: terminated.reason ?? "", restarts };
  return { state: state.running ? "running" : "", stateReason: "", restarts };
}
