// A program fills its memory while the database is away and is killed. Its spool file is delivered afterwards, and the view of
// its end says what the program really did last.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { installation, sendLeftovers } from "@heaphound/cli";
import type { Ending, ProcessDetail } from "@heaphound/query";
import { formatProcessKey } from "@heaphound/service-kit";
import { eventually } from "@heaphound/service-kit/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Laboratory } from "../support/laboratory.js";
import { program } from "../support/programs.js";

const KIB = 1024;
const MIB = 1024 * KIB;
/** The record of a killed process reaches to this long before the kill (docs/operations/spool.md says 0.3 s). */
const UNSEEN_MS = 1_000;

let laboratory: Laboratory;
let spool: string;

beforeAll(async () => {
  laboratory = await Laboratory.open();
  spool = join(laboratory.folder, "spool");
  mkdirSync(spool);
});
afterAll(() => laboratory.close());

async function get<Shape>(path: string): Promise<Shape> {
  const response = await fetch(`${laboratory.stack.urls.api}/api/v1/processes/${path}`);
  expect(response.status, await response.clone().text()).toBe(200);
  return (await response.json()) as Shape;
}

const nameOf = (ending: Ending, stack: number): string => functions(ending, stack)[0] ?? "";
const functions = (ending: Ending, stack: number): string[] => ending.stacks[stack]!.map((frame) => frame.function);

describe("a process that is killed", () => {
  let key: string;
  let detail: ProcessDetail;
  /** Unix ns when the last minute of its work began. */
  let lastPhase: bigint;

  beforeAll(async () => {
    const startedMs = Date.now() - 1;
    const environment = { HEAPHOUND_SPOOL_DIR: spool };
    const filling = laboratory.start([program("filling")], { environment });
    await filling.ask(`t 300 ${10 * KIB}`);
    await filling.ask(`c 200 ${20 * KIB}`);
    const process = await laboratory.database.findProcess(filling.pid, startedMs);
    const clickhouse = laboratory.stack.service("clickhouse");
    await clickhouse.stop();
    const [began = ""] = (await filling.ask("d 150")).split(" ");
    lastPhase = BigInt(began);
    await filling.ask(`c 30 ${64 * KIB}`);
    await filling.ask(`a 1 ${5 * MIB}`);
    await filling.ask(`a 1 ${3 * MIB}`);
    await delay(UNSEEN_MS);
    filling.child.kill("SIGKILL");
    await filling.ended();
    await clickhouse.start();
    expect(await sendLeftovers(spool, laboratory.stack.urls.grpc)).toBe(1);
    expect(await laboratory.database.untilEnded(process)).toBe("killed");
    await laboratory.database.untilSymbolized();
    key = formatProcessKey(BigInt(process));
    detail = await get<ProcessDetail>(key);
  });

  /** Of the window that begins with the last phase. */
  const lastMoments = (): Promise<Ending> => {
    const end = BigInt(detail.startedUnixNs) + BigInt(detail.durationNs);
    return get<Ending>(`${key}/ending?window=${Number(end - lastPhase) / 1e9 + 0.005}`);
  };

  it("shows what was live, by stack", async () => {
    const ending = await lastMoments();
    const live = Object.fromEntries(
      ending.topStacks.map((row): [string, number[]] => [nameOf(ending, row.stack), [row.liveBytes, row.liveCount]]),
    );
    expect(live).toMatchObject({
      load_table: [300 * 10 * KIB, 300],
      // Fifty of the old ones and thirty new ones.
      fill_cache: [50 * 20 * KIB + 30 * 64 * KIB, 80],
      build_answer: [8 * MIB, 2],
    });
    expect(ending.liveBytes).toBe(detail.liveBytes);
    expect(ending.topStacks.map(({ liveBytes }) => liveBytes)).toEqual(
      ending.topStacks.map(({ liveBytes }) => liveBytes).toSorted((a, b) => b - a),
    );
  });

  it("shows what grew in the window, and what shrank", async () => {
    const ending = await lastMoments();
    const grown = Object.fromEntries(
      ending.topStacks.map((row): [string, number[]] => [
        nameOf(ending, row.stack),
        [row.growthBytes, row.growthCount],
      ]),
    );
    expect(grown).toMatchObject({
      load_table: [0, 0],
      fill_cache: [30 * 64 * KIB - 150 * 20 * KIB, 30 - 150],
      build_answer: [8 * MIB, 2],
    });
    expect(ending.growthBytes).toBe(8 * MIB + 30 * 64 * KIB - 150 * 20 * KIB);
  });

  it("shows the last large allocations, the newest first, still alive", async () => {
    const ending = await lastMoments();
    expect(ending.largest.slice(0, 3).map(({ size, lifetimeNs }) => [size, lifetimeNs])).toEqual([
      [3 * MIB, null],
      [5 * MIB, null],
      [64 * KIB, null],
    ]);
    expect(functions(ending, ending.largest[0]!.stack).slice(0, 2)).toEqual(["build_answer", "main"]);
    expect(ending.largest).toHaveLength(20);
  });

  it("says how it ended, and what that is known from", async () => {
    const ending = await get<Ending>(`${key}/ending`);
    expect(["killed", "likely_oom"]).toContain(ending.cause); // the second where this machine is at its own limit
    expect(ending.sentence).toMatch(/^filling was killed.* live in 38\d allocations/);
    expect(ending.evidence.at(-1)).toContain("spool of the killed process");
    expect(ending.container).toBeNull();
    // The default window is a minute: all of this run.
    expect(ending.growthBytes).toBe(ending.liveBytes);
  });

  it("is told by the command line", () => {
    const words = [join(installation, "services/cli/bin/heaphound.mjs"), "--api", laboratory.stack.urls.api];
    const { status, stdout, stderr } = spawnSync(process.execPath, [...words, "ending", key], { encoding: "utf8" });
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^filling was killed/);
    expect(stdout).toMatch(/8\.00 MiB +\+8\.00 MiB .*\n +build_answer/);
    expect(stdout).toMatch(/5\.00 MiB .*build_answer/);
  });
});

describe("a process that is not killed", () => {
  it("has an end of its own", async () => {
    const run = await laboratory.record([program("filling")], { input: `t 10 ${KIB}\n` });
    const ending = await get<Ending>(`${formatProcessKey(BigInt(run.process))}/ending`);
    expect(ending).toMatchObject({ cause: "ended", evidence: [] });
    expect(ending.sentence).toContain("filling ended by itself with");
  });

  it("shows its last minute so far while it runs", async () => {
    const startedMs = Date.now() - 1;
    const filling = laboratory.start([program("filling")]);
    await filling.ask(`a 1 ${2 * MIB}`);
    const process = await laboratory.database.findProcess(filling.pid, startedMs);
    const key = formatProcessKey(BigInt(process));
    await eventually(async () => (await get<Ending>(`${key}/ending`)).largest[0]?.size === 2 * MIB);
    expect(await get<Ending>(`${key}/ending`)).toMatchObject({ cause: "running", evidence: [] });
    await filling.ended("");
  });
});
