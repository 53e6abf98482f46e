import { join } from "node:path";
import type { Cluster } from "../../src/cluster.ts";
import { run } from "../../src/command.ts";
import { checkout } from "../../src/paths.ts";

const program = join(checkout, "services/cli/bin/heaphound.mjs");

/** `heaphound WORDS`, with the cluster's kubeconfig as kubectl would take it: from the environment. */
export function heaphound(cluster: Cluster, ...words: string[]): Promise<string> {
  return run([process.execPath, program, ...words], { env: cluster.environment() });
}

/** The codes of the reasons that a user is given, the likeliest first. */
export async function reasonsOf(cluster: Cluster, namespace: string, pod: string): Promise<string[]> {
  const answer = await heaphound(cluster, "why", pod, "--namespace", namespace, "--json");
  return (JSON.parse(answer) as { findings: { code: string }[] }).findings.map(({ code }) => code);
}
