import { containersOf, type ContainerState } from "@heaphound/injection";
import { memoryOf, statusesOf, type PodFacts } from "./pod-facts.js";

/** One run of a profiled container that is over. */
export interface ContainerEnding {
  podUid: string;
  container: string;
  namespace: string;
  pod: string;
  startedMs: number;
  finishedMs: number;
  reason: string;
  exitCode: number;
  signal: number;
  restarts: number;
  limitBytes: number;
}

/** The ends that a pod's status tells of: the current one of each profiled container, and the one before. */
export function endsOf(pod: PodFacts): ContainerEnding[] {
  const statuses = statusesOf(pod);
  return containersOf(pod).flatMap((container) => {
    const status = statuses.find(({ name }) => name === container);
    if (!status) return [];
    const restarts = status.restartCount ?? 0;
    return [
      ...endOf(pod, container, status.state, restarts),
      ...endOf(pod, container, status.lastState, Math.max(0, restarts - 1)),
    ];
  });
}

function endOf(
  pod: PodFacts,
  container: string,
  state: ContainerState | undefined,
  restarts: number,
): ContainerEnding[] {
  const ended = state?.terminated;
  const startedMs = timeOf(ended?.startedAt);
  const finishedMs = timeOf(ended?.finishedAt);
  // A container that never began has no times.
  if (!ended || Number.isNaN(startedMs) || Number.isNaN(finishedMs)) return [];
  const { exitCode = 0, reason = "", signal = 0 } = ended;
  const limitBytes = memoryOf(pod, container, "limits");
  const { uid: podUid, namespace, name } = pod;
  return [
    { podUid, container, namespace, pod: name, startedMs, finishedMs, reason, exitCode, signal, restarts, limitBytes },
  ];
}

function timeOf(time: string | Date | undefined): number {
  return time === undefined || time === "" ? Number.NaN : new Date(time).getTime();
}

/** Names a run of a container. */
export function endKey({ podUid, container, startedMs }: ContainerEnding): string {
  return `${podUid}/${container}/${startedMs}`;
}
