// What a user does first: install the chart, annotate a workload, look at it, export it, take the annotation away.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { ProcessList } from "@heaphound/query";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { Cluster } from "../src/cluster.ts";
import { run } from "../src/command.ts";
import { checkout } from "../src/paths.ts";
import { until } from "../src/until.ts";
import { heaphound as cli } from "./support/cli.ts";
import { Installation } from "./support/installation.ts";
import { Programs } from "./support/programs.ts";
import { deployment } from "./support/workloads.ts";

const why = inject("whyNoCluster");

describe.skipIf(why !== "")(`an annotated workload in a cluster${why && ` (${why})`}`, () => {
  let cluster: Cluster;
  let heaphound: Installation;

  beforeAll(async () => {
    cluster = await Cluster.up();
    heaphound = await Installation.install(cluster);
  }, 300_000);

  afterAll(async () => {
    await cluster.kubectl("delete", "deployment,pod", "--all", "--now");
    heaphound.close();
  }, 180_000);

  async function printedByHeaptrack(name: string): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), "heaphound-export-"));
    try {
      const file = join(folder, "export.zst");
      await cli(cluster, "export", "heaptrack", name, "--namespace", "default", "-o", file);
      return await run(["heaptrack_print", "-f", file, "-n", "5"]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  it("is recorded with every allocation that it made", async () => {
    await new Programs(heaphound, "default").expectRecorded({ name: "counted", args: ["once", "20000"] });
    const [process] = await heaphound.api.ofPod("default", "counted");
    expect(process).toMatchObject({ name: "work", container: "app", allocations: 20_000, frees: 18_000 });
  });

  it("is seen in all its replicas, beside others", async () => {
    const redis = { name: "redis", image: "redis", args: ["--save", "", "--protected-mode", "no"] };
    await cluster.apply(deployment({ name: "shop", image: "leaker" }, 3), deployment(redis, 1));
    const pods = await until("streams of all pods", async () => {
      const processes = await heaphound.api.processes('namespace = "default" and running');
      const seen = new Set(processes.filter(({ allocations }) => allocations > 0).map((process) => process.pod));
      return [...seen].filter((name) => /^(shop|redis)-/.test(name)).length === 4 ? seen : undefined;
    });
    expect(pods.size).toBe(4);
  });

  it("opens in heaptrack's own reader, with names of functions", async () => {
    const name = await podOf("shop");
    // Names come when the ingester has been sent the program's file.
    const printed = await until("function names in the export", async () => {
      const text = await printedByHeaptrack(name);
      return text.includes("parse_order") ? text : undefined;
    });
    expect(printed).toMatch(/calls to allocation functions: \d{4,}/);
  });

  it("is read by `kubectl heaphound`, as a plug-in of kubectl", async () => {
    const folder = mkdtempSync(join(tmpdir(), "heaphound-plugin-"));
    try {
      symlinkSync(join(checkout, "services/cli/bin/heaphound.mjs"), join(folder, "kubectl-heaphound"));
      const env = cluster.environment();
      const path = [folder, dirname(process.execPath), env.PATH].join(delimiter);
      const plugin = (...words: string[]): Promise<string> =>
        run([cluster.kubectlPath, "heaphound", ...words], { env: { ...env, PATH: path } });
      const { processes } = JSON.parse(await plugin("ls", "--json")) as ProcessList;
      const programs = processes.map(({ executable }) => executable);
      expect(programs).toEqual(expect.arrayContaining(["/bin/leaker", expect.stringMatching(/redis/)]));
      const top = await plugin("top", await podOf("shop"), "--measure", "leaked");
      expect(top).toContain("parse_order");
      const forwarded = spawn(cluster.kubectlPath, ["heaphound", "port-forward"], { env: { ...env, PATH: path } });
      try {
        const said = String((await once(forwarded.stdout, "data"))[0]);
        const answer = await fetch(`${/http:\S+/.exec(said)![0]}/readyz`);
        expect(answer.status).toBe(200);
      } finally {
        forwarded.kill();
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is checked from outside", async () => {
    const { ok, findings } = JSON.parse(await cli(cluster, "check", "--namespace", "default", "--json")) as {
      ok: boolean;
      findings: { what: string; ok: boolean; detail: string }[];
    };
    expect(findings.filter((finding) => !finding.ok)).toEqual([]);
    expect(ok).toBe(true);
    expect(findings.map(({ what }) => what)).toEqual([
      "Kubernetes",
      "components",
      "webhook",
      "injection",
      "quarantine",
      "API",
    ]);
  });

  it("is left alone once its annotation is gone", async () => {
    await cluster.apply(deployment({ name: "shop", image: "leaker", annotations: {} }, 3));
    await cluster.kubectl("rollout", "status", "deployment/shop", "--timeout=60s");
    const path = "jsonpath={.items[*].spec.initContainers[*].name}";
    const inits = (): Promise<string> => cluster.kubectl("get", "pod", "--selector", "app=shop", "--output", path);
    await until("the end of the profiled pods", async () => (await inits()) === "");
    const names = await cluster.kubectl("get", "pod", "--selector", "app=shop", "--output=name");
    expect(names.trim().split("\n")).toHaveLength(3);
  });

  function podOf(app: string): Promise<string> {
    return cluster.kubectl("get", "pod", "--selector", `app=${app}`, "--output", "jsonpath={.items[0].metadata.name}");
  }
});
