import type { Cluster } from "../../src/cluster.ts";
import { until } from "../../src/until.ts";
import { namespace, release } from "./installation.ts";

/** "pod/NAME" of each pod of a component of Heaphound, ready or not. */
export async function podsOf(cluster: Cluster, component: string): Promise<string[]> {
  const selector = `--selector=app.kubernetes.io/component=${component}`;
  const listed = await cluster.kubectl("get", "pod", "--namespace", namespace, selector, "--output=name");
  return listed.split("\n").filter((line) => line !== "");
}

/** Returns when so many pods are ready, and all others have ended. */
export async function scale(cluster: Cluster, component: string, replicas: number): Promise<void> {
  const words = ["--namespace", namespace, `deployment/${release}-${component}`];
  await cluster.kubectl("scale", ...words, `--replicas=${replicas}`);
  await cluster.kubectl("rollout", "status", ...words, "--timeout=120s");
  const isDone = async (): Promise<boolean> => (await podsOf(cluster, component)).length === replicas;
  await until(`${replicas} pods of ${component}`, isDone, { everyMs: 250 });
}
