import type { CoreV1Api } from "@kubernetes/client-node";
import type { PodFacts } from "./pod-facts.js";

/** A warning on the pod and on what owns it, where people look first. Rejects when the API server refuses it. */
export async function tellOwner(
  core: CoreV1Api,
  pod: PodFacts,
  event: { reason: string; message: string },
): Promise<void> {
  const { namespace } = pod;
  const owner = pod.metadata?.ownerReferences?.find(({ controller }) => controller === true);
  const now = new Date();
  const self = { apiVersion: "v1", kind: "Pod", name: pod.name, uid: pod.uid };
  for (const involved of owner ? [self, owner] : [self]) {
    const { apiVersion = "", kind, name, uid = "" } = involved;
    await core.createNamespacedEvent({
      namespace,
      body: {
        metadata: { generateName: `${name}.`, namespace },
        involvedObject: { apiVersion, kind, name, uid, namespace },
        type: "Warning",
        reason: event.reason,
        message: event.message.slice(0, 1024),
        source: { component: "heaphound" },
        firstTimestamp: now,
        lastTimestamp: now,
        count: 1,
      },
    });
  }
}
