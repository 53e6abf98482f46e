import type { Cluster } from "../../src/cluster.ts";

export interface ToldEvent {
  /** "Deployment/web" */
  of: string;
  message: string;
}

interface EventList {
  items: { involvedObject: { kind: string; name: string }; message: string }[];
}

/** Events of a namespace with this reason. */
export async function eventsOf(cluster: Cluster, namespace: string, reason: string): Promise<ToldEvent[]> {
  const words = ["get", "events", "--namespace", namespace, `--field-selector=reason=${reason}`, "--output=json"];
  const { items } = JSON.parse(await cluster.kubectl(...words)) as EventList;
  return items.map(({ involvedObject: { kind, name }, message }) => ({ of: `${kind}/${name}`, message }));
}
