import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "@heaphound/service-kit/testing";
import { Mode, type Settings } from "@heaphound/wire";
import { TestDatabase } from "../test-support/database.js";
import { IngestClient } from "../test-support/ingest-client.js";
import { startIngester, type IngesterProcess } from "../test-support/ingester-process.js";
import { TestProcess } from "../test-support/test-process.js";

let database: TestDatabase;
/** Two, as in a fleet: a wish must reach the one that has the stream. */
let ingesters: IngesterProcess[];

beforeAll(async () => {
  database = await TestDatabase.start();
  ingesters = await Promise.all([1, 2].map(() => startIngester(database.url, { HEAPHOUND_SETTINGS_POLL_MS: "20" })));
});

afterAll(async () => {
  await Promise.all(ingesters.map((ingester) => ingester.stop()));
  await database.stop();
});

async function wish(process: bigint, revision: number, settings: object): Promise<void> {
  const requested_ns = (BigInt(Date.now()) * 1_000_000n + BigInt(revision)).toString();
  await database.client.insert({
    table: "process_settings",
    values: [{ process: process.toString(), requested_ns, ...settings }],
    format: "JSONEachRow",
  });
}

async function connected(key: bigint, which: number): Promise<IngestClient> {
  const client = new IngestClient(ingesters[which]!.url);
  await new TestProcess(key).open(client);
  return client;
}

const settingsOf = (client: IngestClient): Settings[] =>
  client.messages.flatMap(({ message }) => (message.case === "settings" ? [message.value] : []));

describe("settings of a process", () => {
  it("reach it on whichever ingester it is, once, and nobody else", async () => {
    const [first, second] = await Promise.all([connected(0x701n, 0), connected(0x702n, 1)]);
    await wish(0x701n, 1, { mode: "cull", cull_ms: "5000" });
    await wish(0x702n, 1, { mode: "dormant" });
    await eventually(() => settingsOf(first).length > 0 && settingsOf(second).length > 0);
    expect(settingsOf(first)).toMatchObject([{ mode: Mode.CULL, cullMs: 5_000n, sampleBytes: 0n, stop: false }]);
    expect(settingsOf(second)).toMatchObject([{ mode: Mode.DORMANT, cullMs: 0n }]);
    await wish(0x701n, 2, { mode: "exact", stop: true });
    await eventually(() => settingsOf(first).length > 1);
    expect(settingsOf(first)[1]).toMatchObject({ mode: Mode.EXACT, stop: true });
    expect(settingsOf(second)).toHaveLength(1);
    first.abort();
    second.abort();
  });

  it("wait for a process that is away", async () => {
    await wish(0x703n, 1, { mode: "sample", sample_bytes: "65536" });
    const client = await connected(0x703n, 0);
    expect(await client.next("settings")).toMatchObject({ mode: Mode.SAMPLE, sampleBytes: 65_536n });
    client.abort();
  });
});
