import type { V1ObjectMeta } from "@kubernetes/client-node";
import { orNone, type Cluster } from "../cluster/client.js";
import type { PodFacts } from "./pod-facts.js";

/** What an Event is about. `kubectl describe` finds it by the UID. */
interface Involved {
  apiVersion?: string;
  kind: string;
  name: string;
  uid?: string;
}

/** A warning on the pod and on what people know it by, where they look first. Rejects when the API server refuses it. */
export async function tellOwner(
  cluster: Cluster,
  pod: PodFacts,
  event: { reason: string; message: string },
): Promise<void> {
  const { namespace } = pod;
  const owner = await workloadObject(cluster, pod);
  const now = new Date();
  const self: Involved = { apiVersion: "v1", kind: "Pod", name: pod.name, uid: pod.uid };
  for (const involved of owner ? [self, owner] : [self]) {
    const { apiVersion = "", kind, name, uid = "" } = involved;
    await cluster.core.createNamespacedEvent({
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

/** Of a ReplicaSet its Deployment or Rollout, of a Job its CronJob, else the pod's owner itself. */
async function workloadObject(
  { apps, batch }: Cluster,
  { metadata, namespace }: PodFacts,
): Promise<Involved | undefined> {
  const owner = controllerOf(metadata);
  if (!owner) return undefined;
  const { kind, name } = owner;
  if (kind === "ReplicaSet")
    return controllerOf(await metadataOf(apps.readNamespacedReplicaSet({ name, namespace }))) ?? owner;
  if (kind === "Job") return controllerOf(await metadataOf(batch.readNamespacedJob({ name, namespace }))) ?? owner;
  return owner;
}

async function metadataOf(reading: Promise<{ metadata?: V1ObjectMeta }>): Promise<V1ObjectMeta | undefined> {
  return (await orNone(reading))?.metadata;
}

function controllerOf(metadata: Pick<V1ObjectMeta, "ownerReferences"> | PodFacts["metadata"]): Involved | undefined {
  return metadata?.ownerReferences?.find(({ controller }) => controller === true);
}
