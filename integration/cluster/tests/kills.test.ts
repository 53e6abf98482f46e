// Programs that are killed, by the kernel for their memory or by the kubelet at the end of their grace: what they had allocated is
// there, by stack, next to the limit that they ran into.
import type { Ending, ProcessSummary } from "@heaphound/query";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { hasUnifiedCgroups } from "../src/cgroups.ts";
import { Cluster } from "../src/cluster.ts";
import type { CommandResult } from "../src/command.ts";
import { until } from "../src/until.ts";
import { heaphound as cli } from "./support/cli.ts";
import { Installation } from "./support/installation.ts";
import { Programs } from "./support/programs.ts";
import { pod } from "./support/workloads.ts";

const why = inject("whyNoCluster");
const whyNoSingleKill = hasUnifiedCgroups()
  ? " (skipped: with control groups of version 2 the whole container goes)"
  : "";
const LIMIT = 96 * 2 ** 20;
/** The library's own memory and the file cache count too, and the last quarter of a second of growth may be missing. */
const NEARLY_ALL = 0.7 * LIMIT;

describe.skipIf(why !== "")(`a kill${why && ` (${why})`}`, { concurrent: true }, () => {
  let cluster: Cluster;
  let heaphound: Installation;
  let programs: Programs;

  beforeAll(async () => {
    cluster = await Cluster.up();
    heaphound = await Installation.install(cluster);
    programs = new Programs(heaphound, "killed");
    await programs.begin();
  }, 300_000);

  afterAll(async () => {
    await programs.end();
    heaphound.close();
  }, 60_000);

  const limited = { resources: { limits: { memory: "96Mi" } } };
  const greedy = ["grow", "500"];

  /** What is told of the end of a process, as soon as it is known that the kernel did it. */
  function endingOf({ process }: ProcessSummary): Promise<Ending> {
    return until("the record of the kill", async () => {
      const ending = await heaphound.api.get<Ending>(`/processes/${process}/ending?limit=5`);
      if (ending.cause !== "oom_killed") throw new Error(`${ending.cause}: ${ending.evidence.join(" ")}`);
      return ending;
    });
  }

  function expectBlackBox(ending: Ending): void {
    expect(ending.limitBytes).toBe(LIMIT);
    expect(ending.liveBytes).toBeGreaterThan(NEARLY_ALL);
    expect(ending.liveBytes).toBeLessThan(LIMIT);
    expect(ending.growthBytes).toBeGreaterThan(NEARLY_ALL);
    expect(ending.largest.map(({ size }) => size)).toEqual(Array(5).fill(2 ** 20));
    const [top] = ending.topStacks;
    expect(top!.liveBytes).toBeGreaterThan(0.95 * ending.liveBytes);
    const functions = ending.stacks[top!.stack]!.map((frame) => frame.function);
    expect(functions).toEqual(expect.arrayContaining(["keep", "grow", "main"]));
  }

  /** Runs the program a second time, beside the first one. */
  function inContainer(name: string, ...args: string[]): Promise<CommandResult> {
    const words = ["exec", name, "--namespace", programs.namespace, "--container", "app", "--", "/bin/work", ...args];
    return cluster.tryKubectl(words);
  }

  it("for memory, of a container: its next start delivers what was live, and Kubernetes says of which run it was", async () => {
    const spec = { restartPolicy: "Always" };
    await programs.apply(pod(programs.application({ name: "greedy", args: greedy, container: limited, spec })));
    const [killed] = await programs.recorded("greedy", ({ endReason }) => endReason === "killed");
    const ending = await endingOf(killed!);
    expectBlackBox(ending);
    expect(ending.container).toMatchObject({ reason: "OOMKilled", exitCode: 137, limitBytes: LIMIT });
    const told = await cli(cluster, "ending", killed!.process, "--namespace", programs.namespace);
    expect(told).toContain("OOMKilled, exit code 137");
    expect(told).toMatch(/was killed for its memory with .* live in .*, limit 96\.0 MiB/);
    expect(told).toContain("grow");
    expect(await programs.reasons("greedy")).toContain("oom_killed");
  });

  it("for memory, of a container that does not come back: what had been streamed is there", async () => {
    const half = ["grow", "60"];
    await programs.start({ name: "gone", args: half, container: limited });
    await programs.recorded("gone", ({ liveAllocations }) => liveAllocations === 60);
    // A second process fills the rest; the kernel kills the larger one, which is the container's first.
    await inContainer("gone", ...greedy);
    await programs.kubectl("wait", "--for=jsonpath={.status.phase}=Failed", "pod/gone", "--timeout=90s");
    const isFirst = (process: ProcessSummary): boolean => !process.running && process.arguments.includes("60");
    const [process] = await programs.recorded("gone", isFirst);
    expect(process).toMatchObject({ endReason: "lost", liveBytes: 60 * 2 ** 20, lossCount: 0 });
    expect(await programs.reasons("gone")).toEqual(["oom_killed"]);
    expect((await endingOf(process!)).container).toMatchObject({ reason: "OOMKilled", exitCode: 137 });
  });

  it.skipIf(hasUnifiedCgroups())(
    `for memory, of one process while its container goes on: the other one delivers it${whyNoSingleKill}`,
    async () => {
      await programs.start({ name: "host", container: limited });
      expect((await inContainer("host", ...greedy)).code).toBe(137);
      const [killed] = await programs.recorded("host", ({ endReason }) => endReason === "killed");
      const ending = await endingOf(killed!);
      expectBlackBox(ending);
      expect(ending.container).toBeNull();
      expect(ending.evidence.join(" ")).toContain("The kernel killed 1 process for memory");
      const restarts = "--output=jsonpath={.status.containerStatuses[0].restartCount}";
      expect(await programs.kubectl("get", "pod", "host", restarts)).toBe("0");
      await programs.expectComplete("host");
    },
  );

  it("at the end of a pod's grace: what it did until then is there", async () => {
    const spec = { terminationGracePeriodSeconds: 3 };
    await programs.start({ name: "deaf", args: ["deaf", "200"], spec });
    const log = programs.kubectl("logs", "deaf", "--container", "app", "--follow");
    await programs.delete("deaf");
    const said = [...(await log).matchAll(/^at (\d+) \d+$/gm)].map((match) => Number(match[1]));
    const [last, before] = said.toReversed();
    const [process] = await programs.recorded("deaf", ({ running }) => !running);
    // Its spool went with its volume; what had been streamed is complete until a quarter of a second before the end.
    expect(process).toMatchObject({ endReason: "lost", lossCount: 0 });
    expect(process!.allocations).toBeGreaterThan(before!);
    expect(process!.allocations).toBeLessThan(last! + (last! - before!));
  }, 180_000);
});
