// Parts die in the middle of a run, and the program too. Nothing that was finished is lost, nothing is stored twice.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeSpool, sendLeftovers } from "@heaphound/cli";
import { formatProcessKey } from "@heaphound/service-kit";
import { eventually } from "@heaphound/service-kit/testing";
import type { Totals } from "../support/counters.js";
import { Laboratory } from "../support/laboratory.js";
import type { ProgramRun } from "../support/program-run.js";
import { program } from "../support/programs.js";

/** How long ClickHouse is away. */
const OUTAGE_MS = Number(process.env.HEAPHOUND_TEST_OUTAGE_MS ?? 30_000);

interface Answer extends Totals {
  doneUnixNs: bigint;
}

let laboratory: Laboratory;

beforeAll(async () => {
  laboratory = await Laboratory.open(["clickhouse", "ingester"]);
});
afterAll(() => laboratory.close());

async function work(worker: ProgramRun, count: number): Promise<Answer> {
  const [allocations, bytes, frees, done] = (await worker.ask(String(count))).split(" ");
  return {
    allocations: Number(allocations),
    bytes: Number(bytes),
    frees: Number(frees),
    doneUnixNs: BigInt(done ?? 0),
  };
}

const totalsOf = ({ allocations, bytes, frees }: Totals): Totals => ({ allocations, bytes, frees });

/** Ends the worker and expects that all it did is stored, once. */
async function expectAllStored(worker: ProgramRun, last: Answer, startedMs: number): Promise<void> {
  const result = await worker.ended("");
  expect(result).toMatchObject({ exitCode: 0, stderr: "" });
  const { stored } = await laboratory.recordingOf(result.pid, startedMs);
  expect(stored.losses).toEqual({});
  expect(totalsOf(stored)).toEqual(totalsOf(last));
  expect(stored.distinct).toBe(last.allocations);
}

const untilMs = (unixMs: number): Promise<unknown> =>
  eventually(() => Date.now() >= unixMs, { timeoutMs: OUTAGE_MS + 60_000 });

describe("when something dies", () => {
  it("what a killed program allocated more than a second before is stored", async () => {
    const startedMs = Date.now() - 1;
    const worker = laboratory.start([program("worker")]);
    const first = await work(worker, 50_000);
    await untilMs(Number(first.doneUnixNs / 1_000_000n) + 1_000);
    await work(worker, 50_000);
    worker.child.kill("SIGKILL");
    expect((await worker.ended()).signal).toBe("SIGKILL");

    const process = await laboratory.database.findProcess(worker.pid, startedMs);
    const before = await eventually(async () => {
      const [found] = await laboratory.database.rows<{ n: number; last: number }>(
        `SELECT count() AS n, max(id) AS last FROM allocations WHERE process = {process:UInt64} AND id <= {last:UInt64}`,
        { process, last: first.allocations },
      );
      return found?.n === first.allocations ? found : null;
    });
    expect(before.last).toBe(first.allocations);
  });

  it("the ingester is killed and started again: nothing is lost, nothing is twice", async () => {
    const startedMs = Date.now() - 1;
    const worker = laboratory.start([program("worker")]);
    const ingester = laboratory.stack.service("ingester");
    await work(worker, 1_000);
    await laboratory.database.findProcess(worker.pid, startedMs);
    for (let round = 0; round < 3; round++) {
      await work(worker, 200_000);
      const restarts = ingester.restarts;
      ingester.kill("SIGKILL");
      await work(worker, 100_000);
      await eventually(() => ingester.restarts > restarts && ingester.state === "ready", { timeoutMs: 60_000 });
      await work(worker, 100_000);
    }
    await expectAllStored(worker, await work(worker, 100_000), startedMs);
  });

  it(`ClickHouse is away for ${OUTAGE_MS / 1000} s: nothing is lost, nothing is twice`, async () => {
    const startedMs = Date.now() - 1;
    const worker = laboratory.start([program("worker")]);
    const clickhouse = laboratory.stack.service("clickhouse");
    await work(worker, 200_000);
    await laboratory.database.findProcess(worker.pid, startedMs);
    await clickhouse.stop();
    const stoppedMs = Date.now();
    while (Date.now() < stoppedMs + OUTAGE_MS) {
      const { doneUnixNs } = await work(worker, 10_000);
      await untilMs(Number(doneUnixNs / 1_000_000n) + 500);
    }
    await clickhouse.start();
    await work(worker, 200_000);
    await expectAllStored(worker, await work(worker, 1_000), startedMs);
  });

  it("a program does not wait for the database at its end: what is left is stored later", async () => {
    const startedMs = Date.now() - 1;
    const spool = makeSpool(join(laboratory.folder, "spool"));
    const worker = laboratory.start([program("worker")], { environment: { HEAPHOUND_SPOOL_DIR: spool } });
    const clickhouse = laboratory.stack.service("clickhouse");
    await work(worker, 200_000);
    const process = await laboratory.database.findProcess(worker.pid, startedMs);
    await clickhouse.stop();
    const last = await work(worker, 100_000);
    // With the database away, only the hand-over lets the program end.
    expect(await worker.ended("")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(readdirSync(spool)).toEqual([`${formatProcessKey(BigInt(process))}.spool`]);

    await clickhouse.start();
    expect(await sendLeftovers(spool, laboratory.stack.urls.grpc)).toBe(1);
    expect(readdirSync(spool)).toEqual([]);
    const { stored, endReason } = await laboratory.recordingOf(worker.pid, startedMs);
    expect(endReason).toBe("exit");
    expect(stored.losses).toEqual({});
    expect(totalsOf(stored)).toEqual(totalsOf(last));
    expect(stored.distinct).toBe(last.allocations);
  });

  it("a program is killed while the database is away: its spool file tells the rest, once", async () => {
    const startedMs = Date.now() - 1;
    const spool = makeSpool(join(laboratory.folder, "killed"));
    const worker = laboratory.start([program("worker")], { environment: { HEAPHOUND_SPOOL_DIR: spool } });
    const clickhouse = laboratory.stack.service("clickhouse");
    await work(worker, 200_000);
    await laboratory.database.findProcess(worker.pid, startedMs);
    await clickhouse.stop();
    const last = await work(worker, 100_000);
    await untilMs(Number(last.doneUnixNs / 1_000_000n) + 1_000);
    worker.child.kill("SIGKILL");
    await worker.ended();
    await clickhouse.start();
    expect(await sendLeftovers(spool, laboratory.stack.urls.grpc)).toBe(1);
    expect(await sendLeftovers(spool, laboratory.stack.urls.grpc)).toBe(0);
    expect(readdirSync(spool)).toEqual([]);
    const { stored, endReason } = await laboratory.recordingOf(worker.pid, startedMs);
    expect(endReason).toBe("killed");
    expect(totalsOf(stored)).toEqual(totalsOf(last));
    expect(stored.distinct).toBe(last.allocations);
    expect(Object.keys(stored.losses)).toEqual(["unseen_end"]);
  });

  it("ClickHouse is killed: what it had confirmed is still there, the rest comes again", async () => {
    const startedMs = Date.now() - 1;
    const worker = laboratory.start([program("worker")]);
    const clickhouse = laboratory.stack.service("clickhouse");
    await work(worker, 300_000);
    await laboratory.database.findProcess(worker.pid, startedMs);
    const restarts = clickhouse.restarts;
    clickhouse.kill("SIGKILL");
    await work(worker, 100_000);
    await eventually(() => clickhouse.restarts > restarts && clickhouse.state === "ready", { timeoutMs: 60_000 });
    await expectAllStored(worker, await work(worker, 100_000), startedMs);
  });
});
