import { status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@heaphound/service-kit/testing";
import { IngestClient } from "./test-support/ingest-client.js";
import { RunningIngester } from "./test-support/running-ingester.js";
import { START_NS, TestProcess } from "./test-support/test-process.js";

let running: RunningIngester;

beforeAll(async () => {
  running = await RunningIngester.start({ HEAPHOUND_REFRESH_MS: "100", HEAPHOUND_LOST_AFTER_MS: "600" });
});
afterAll(() => running.stop());

describe("processes that come and go", () => {
  it("are lost when their stream stays away, and run again when they come back", async () => {
    const { process, client } = await running.openProcess(0x401n);
    expect(await running.processRow(process.key)).toMatchObject({ ended_ns: "0", end_reason: "" });
    client.abort();
    const lost = await eventually(async () => {
      const row = await running.processRow(process.key);
      return row?.end_reason === "lost" ? row : null;
    });
    expect(lost.ended_ns).toBe(lost.last_seen_ns);
    const again = new IngestClient(running.url);
    expect(await process.open(again, 2)).toBe(1);
    await eventually(async () => (await running.processRow(process.key))?.end_reason === "");
    // The stack of the block before is known from the dictionary that was repeated.
    process.addBlock([{ type: "allocation", ticks: 9, thread: 1, stack: 1, sizeBytes: 20, key: 2 }]);
    await again.send(process.blocks[1]!);
    await again.untilAcked(2);
    expect(
      await running.database.rows(`SELECT id, stack, size FROM allocations WHERE process = ${process.key} ORDER BY id`),
    ).toEqual([
      { id: "1", stack: 1, size: "10" },
      { id: "2", stack: 1, size: "20" },
    ]);
    again.abort();
  });

  it("keep their own times when they are imported, and end where their events end", async () => {
    const process = new TestProcess(0x402n);
    process.addBlock([{ type: "allocation", ticks: 50_000_000, thread: 1, stack: 0, sizeBytes: 10, key: 1 }]);
    const client = new IngestClient(running.url, { isImport: true });
    await process.open(client);
    await client.send(process.blocks[0]!);
    await client.untilAcked(1);
    expect(await client.end()).toMatchObject({ code: status.OK });
    const end = (START_NS + 5_000_000_000n).toString();
    await eventually(async () => (await running.processRow(process.key))?.end_reason === "imported");
    expect(await running.processRow(process.key)).toEqual({ ended_ns: end, end_reason: "imported", last_seen_ns: end });
    // The same recording once more changes nothing.
    const again = new IngestClient(running.url, { isImport: true });
    expect(await process.open(again)).toBe(1);
    await again.end();
    expect(
      await running.database.rows(`SELECT count() AS rows FROM allocations WHERE process = ${process.key}`),
    ).toEqual([{ rows: "1" }]);
  });

  it("end when another program takes their place under the same process id", async () => {
    const hello = {
      pid: 4_321,
      hostname: "host-1",
      pod: { namespace: "n", name: "pod-1", uid: "u", container: "c", node: "k" },
    };
    const run = async (key: bigint, more: object, startedUnixNs: bigint): Promise<IngestClient> => {
      const client = new IngestClient(running.url);
      await client.hello({ process: key, ...hello, ...more, startedUnixNs });
      return client;
    };
    const elsewhere = await run(0x404n, { hostname: "host-2" }, START_NS);
    const before = await run(0x405n, {}, START_NS);
    before.abort();
    await eventually(async () => (await running.metric("heaphound_ingester_streams{")) === 1);
    const shell = await run(0x406n, {}, START_NS + 1n);
    await eventually(async () => (await running.processRow(0x405n))?.end_reason === "exec");
    expect((await running.processRow(0x404n))?.end_reason).toBe("");
    expect((await running.processRow(0x406n))?.end_reason).toBe("");
    shell.abort();
    elsewhere.abort();
  });

  it("stay ended when an older stream of theirs was open until the end came on a newer one", async () => {
    const { process, client } = await running.openProcess(0x407n);
    const newer = new IngestClient(running.url);
    await process.open(newer, 2);
    await client.ended;
    await newer.send(process.goodbye());
    await newer.end();
    await eventually(async () => (await running.processRow(process.key))?.end_reason === "exit");
    // Every 100 ms a row of each stream that is open: three of another one later, one of the older stream would be there.
    const bystander = await running.openProcess(0x408n);
    const seen = new Set<string>();
    await eventually(async () => seen.add((await running.processRow(0x408n))?.last_seen_ns ?? "").size > 4);
    expect((await running.processRow(process.key))?.end_reason).toBe("exit");
    bystander.client.abort();
  });

  it("hand over to a newer stream of the same process", async () => {
    const { process, client } = await running.openProcess(0x403n);
    const newer = new IngestClient(running.url);
    expect(await process.open(newer, 2)).toBe(1);
    expect(await client.ended).toMatchObject({ code: status.ABORTED });
    newer.abort();
  });
});
