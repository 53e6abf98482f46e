import { refusalFor, type Refusal } from "@heaphound/injection";
import { statusesOf, type PodFacts } from "./pod-facts.js";
import type { Arrival } from "./coverage.js";
import type { FleetCalls } from "./fleet-client.js";

const BATCH = 1_000;
/** A process that starts with its container may be seen a little before the kubelet says so. */
const CLOCK_SLACK_MS = 5_000;

/** What has arrived from containers, and whom ingesters have turned away: asked only about pods that are not known to report. */
export class Arrivals {
  private readonly byPod = new Map<string, Map<string, Arrival>>();
  private readonly refusedUntil = new Map<string, { refusal: Refusal; untilMs: number }>();

  /** By container; what an earlier run of the container has sent does not count for the one that is going on. */
  of(pod: PodFacts): ReadonlyMap<string, Arrival> {
    const arrivals = this.byPod.get(pod.uid) ?? new Map<string, Arrival>();
    return new Map([...arrivals].filter(([container, arrival]) => isOfThisRun(pod, container, arrival)));
  }

  refusalOf(pod: PodFacts, nowMs: number): Refusal | undefined {
    const { podIP = "", hostIP } = pod.status ?? {};
    if (podIP === hostIP) return undefined; // the address is that of all pods in the node's network
    const refused = this.refusedUntil.get(podIP);
    return refused && refused.untilMs > nowMs ? refused.refusal : undefined;
  }

  /** Asks for those that may have begun since. */
  async ask(calls: FleetCalls, pods: readonly PodFacts[], containersOf: (pod: PodFacts) => string[]): Promise<void> {
    this.forgetOthers(pods);
    const open = pods.filter((pod) => containersOf(pod).some((container) => !this.isKnown(pod, container)));
    for (let at = 0; at < Math.max(1, open.length); at += BATCH) {
      const { containers, refused } = await calls.reported(open.slice(at, at + BATCH).map(({ uid }) => uid));
      for (const { podUid, container, allocations, startedUnixNs } of containers) {
        const arrivals = this.byPod.get(podUid) ?? new Map<string, Arrival>();
        const startedMs = Number(startedUnixNs / 1_000_000n);
        arrivals.set(container, { allocations: Number(allocations), startedMs });
        this.byPod.set(podUid, arrivals);
      }
      for (const { address, reason, detail } of refused)
        this.refusedUntil.set(address, { refusal: refusalFor(reason, detail), untilMs: Date.now() + REFUSAL_MS });
    }
  }

  /** It has allocated, in the run of the container that is going on now. */
  private isKnown(pod: PodFacts, container: string): boolean {
    const arrival = this.byPod.get(pod.uid)?.get(container);
    return arrival !== undefined && arrival.allocations > 0 && isOfThisRun(pod, container, arrival);
  }

  private forgetOthers(pods: readonly PodFacts[]): void {
    const uids = new Set(pods.map(({ uid }) => uid));
    for (const uid of this.byPod.keys()) if (!uids.has(uid)) this.byPod.delete(uid);
    const now = Date.now();
    for (const [address, { untilMs }] of this.refusedUntil) if (untilMs <= now) this.refusedUntil.delete(address);
  }
}

function isOfThisRun(pod: PodFacts, container: string, { startedMs }: Arrival): boolean {
  const startedAt = statusesOf(pod).find(({ name }) => name === container)?.state?.running?.startedAt;
  return !startedAt || startedMs >= new Date(startedAt).getTime() - CLOCK_SLACK_MS;
}

const REFUSAL_MS = 120_000;
