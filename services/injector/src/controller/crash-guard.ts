import { INIT_CONTAINER, PULL_REASONS, type ContainerState, type ObservedPod } from "@heaphound/injection";

/** Failures of one container that injection may have caused. */
export interface Verdict {
  reason: string;
}

/** A container that ends this soon after its start has not come to its own work. */
const EARLY_MS = 60_000;
/** 127 is what a loader ends a program with that it cannot put together: two of them are no accident. */
const LOADER_FAILURES = 2;
const EARLY_FAILURES = 3;
/** A registry that is away for a moment is not worth a quarantine. */
const PULL_PATIENCE_MS = 300_000;

interface Ended {
  exitCode?: number;
  reason?: string;
  startedAt?: string | Date;
  finishedAt?: string | Date;
}

/**
 * Judges an injected pod of that age by what the kubelet says of our init container and of the profiled containers. Undefined:
 * nothing points to us. A container that was killed for its memory, or that has run for a while before, fails for reasons of its
 * own.
 */
export function judge(pod: ObservedPod, containers: readonly string[], ageMs: number): Verdict | undefined {
  const reason = (ageMs >= PULL_PATIENCE_MS ? notPulled(pod) : undefined) ?? failing(pod, containers);
  return reason === undefined ? undefined : { reason };
}

function notPulled({ status }: ObservedPod): string | undefined {
  const ours = status?.initContainerStatuses?.find(({ name }) => name === INIT_CONTAINER);
  const reason = ours?.state?.waiting?.reason ?? "";
  if (!PULL_REASONS.includes(reason)) return undefined;
  return `our init container's image cannot be pulled (${reason}), which keeps the pod from starting`;
}

function failing({ status }: ObservedPod, containers: readonly string[]): string | undefined {
  const profiled = (status?.containerStatuses ?? []).filter(({ name }) => containers.includes(name));
  for (const { name, state, lastState, restartCount = 0 } of profiled) {
    const ended = endedOf(state) ?? endedOf(lastState);
    const reason = ended && reasonOf(ended, restartCount + (state?.terminated ? 1 : 0));
    if (reason) return `container ${name} ${reason}`;
  }
  return undefined;
}

function endedOf(state: ContainerState | undefined): Ended | undefined {
  return state?.terminated;
}

function reasonOf(ended: Ended, failures: number): string | undefined {
  const { exitCode = 0, reason } = ended;
  if (exitCode === 0 || reason === "OOMKilled") return undefined;
  if (exitCode === 127 && failures >= LOADER_FAILURES) return `ended with 127 ${failures} times`;
  const isEarly = ranMs(ended) < EARLY_MS;
  return isEarly && failures >= EARLY_FAILURES
    ? `failed ${failures} times within a minute of its start (exit code ${exitCode})`
    : undefined;
}

function ranMs({ startedAt, finishedAt }: Ended): number {
  if (startedAt === undefined || finishedAt === undefined) return Infinity;
  return new Date(finishedAt).getTime() - new Date(startedAt).getTime();
}
