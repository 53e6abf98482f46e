// The whole path in a real cluster, with a pod written by hand: library from an init container, stream to the ingester by its
// service name, database, API, export.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Cluster } from "../src/cluster.ts";
import { run } from "../src/command.ts";
import { checkout } from "../src/paths.ts";
import { until } from "../src/until.ts";
import { Api } from "./support/api.ts";
import { forward, type Forward } from "./support/forward.ts";
import { namespace, plainInstallation, profiledPod } from "./support/manifests.ts";
import { totalsOf } from "./support/work.ts";

const why = inject("whyNoCluster");

describe.skipIf(why !== "")(`a profiled pod in a cluster${why && ` (${why})`}`, () => {
  let cluster: Cluster;
  let forwarded: Forward;
  let api: Api;

  beforeAll(async () => {
    cluster = await Cluster.up();
    await cluster.apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }, ...plainInstallation());
    const wait = ["wait", "--namespace", namespace, "--timeout=120s"];
    await cluster.kubectl(...wait, "--for=condition=Complete", "job/heaphound-migrate");
    await cluster.kubectl(...wait, "--for=condition=Available", "deployment", "--all");
    forwarded = await forward(cluster, "heaphound-api", 7412);
    api = new Api(forwarded.url);
  }, 240_000);

  afterAll(async () => {
    forwarded.close();
    await cluster.kubectl("delete", "namespace", namespace, "--wait");
  }, 120_000);

  async function printedByHeaptrack(pod: string): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "heaphound-export-"));
    try {
      const file = join(folder, "export.zst");
      const cli = join(checkout, "services/cli/bin/heaphound.mjs");
      await run([process.execPath, cli, "--api", api.url, "export", "heaptrack", pod, "-o", file]);
      return await run(["heaptrack_print", "-f", file, "-n", "5"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it("is found by namespace and pod, with every allocation that it made", async () => {
    await cluster.apply(profiledPod({ name: "counted", image: "localhost/work:test", args: ["once", "20000"] }));
    const [process] = await api.ofPod("default", "counted", ({ running }) => !running);
    const made = totalsOf(await cluster.kubectl("logs", "counted", "--container", "app"));
    expect(process).toMatchObject({
      name: "work",
      container: "app",
      
      endReason: "exit",
      lossCount: 0,
      ...made,
    });
  });

  it("opens in heaptrack's own reader", async () => {
    await cluster.apply(profiledPod({ name: "leaking", image: "localhost/leaker:test", args: [] }));
    await api.ofPod("default", "leaking", ({ allocations }) => allocations > 1000);
    // Names come when the ingester has been sent the program's file.
    const printed = await until("function names in the export", async () => {
      const text = await printedByHeaptrack("leaking");
      return text.includes("parse_order") ? text : undefined;
    });
    expect(printed).toMatch(/calls to allocation functions: \d{4,}/);
  });
});
