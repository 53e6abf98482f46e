// A test that fails says more than its assertion: what the cluster and Heaphound's own programs said until then is kept, since the
// cluster ends with the suite.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach } from "vitest";
import { Cluster } from "../../src/cluster.ts";
import { checkout } from "../../src/paths.ts";
import { say } from "../../src/progress.ts";
import { namespace } from "./installation.ts";

const folder = join(checkout, ".heaphound/cluster-failures");

afterEach(async ({ task }) => {
  if (task.result?.state === "fail") await keepEvidence(task.name);
});

async function keepEvidence(title: string): Promise<void> {
  const own = join(folder, title.replace(/\W+/g, "-").slice(0, 80));
  rmSync(own, { recursive: true, force: true });
  mkdirSync(own, { recursive: true });
  const cluster = await Cluster.running().catch(() => undefined);
  if (cluster === undefined) return;
  const keep = async (file: string, ...words: string[]): Promise<string> => {
    const { stdout, stderr } = await cluster.tryKubectl(words, { timeoutMs: 20_000 });
    writeFileSync(join(own, file), stdout + stderr);
    return stdout;
  };
  await keep("pods.txt", "get", "pods", "--all-namespaces", "--output=wide");
  await keep("pods.yaml", "get", "pods", "--all-namespaces", "--output=yaml");
  await keep("events.txt", "get", "events", "--all-namespaces", "--sort-by=.lastTimestamp");
  const names = await keep("names.txt", "get", "pods", "--namespace", namespace, "--output=name");
  for (const name of names.split("\n").filter((line) => line !== "")) {
    const words = ["logs", name, "--namespace", namespace, "--timestamps"];
    await keep(`${name.replace("pod/", "")}.log`, ...words);
    await keep(`${name.replace("pod/", "")}.previous.log`, ...words, "--previous");
  }
  say(`evidence of the failure: ${own}`);
}
