import {
  create,
  fromBinary,
  toBinary,
  type DescMessage,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { Client, credentials, Metadata, status } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrate } from "@heaphound/schema";
import { createClickHouseClient, type ClickHouseClient } from "@heaphound/service-kit";
import { startEmbedded } from "@heaphound/service-kit/testing";
import { PodListSchema, PodReportSchema, PodReportStoredSchema, ReportedListSchema } from "@heaphound/wire";
import type { Admission } from "../identity/stream-guard.js";
import { IngestClient } from "../test-support/ingest-client.js";
import { startIngester, type IngesterProcess } from "../test-support/ingester-process.js";
import { fleetGuard } from "./fleet-guard.js";
import { addressOf, Refusals } from "./refusals.js";

const NOW_NS = BigInt(Date.now()) * 1_000_000n;

let embedded: Awaited<ReturnType<typeof startEmbedded>>;
let ingester: IngesterProcess;
let client: ClickHouseClient;
let grpc: Client;

beforeAll(async () => {
  embedded = await startEmbedded();
  await migrate({ url: embedded.url });
  client = createClickHouseClient({ url: embedded.url, service: "test", database: "heaphound" });
  ingester = await startIngester(embedded.url);
  grpc = new Client(ingester.url, credentials.createInsecure());
}, 120_000);

afterAll(async () => {
  grpc.close();
  await client.close();
  await ingester.stop();
  await embedded.stop();
});

function call<Request extends DescMessage, Response extends DescMessage>(
  method: string,
  [request, response]: [Request, Response],
  message: MessageInitShape<Request>,
): Promise<MessageShape<Response>> {
  return new Promise((resolve, reject) => {
    grpc.makeUnaryRequest(
      `/heaphound.v1.Fleet/${method}`,
      (value: MessageShape<Request>) => Buffer.from(toBinary(request, value)),
      (bytes: Buffer) => fromBinary(response, bytes),
      create(request, message),
      (error, value) => (value ? resolve(value) : reject(error!)),
    );
  });
}
const record = (report: MessageInitShape<typeof PodReportSchema>): Promise<unknown> =>
  call("Record", [PodReportSchema, PodReportStoredSchema], report);
const reported = (podUids: string[]): Promise<MessageShape<typeof ReportedListSchema>> =>
  call("Reported", [PodListSchema, ReportedListSchema], { podUids });

async function rows<Row>(query: string): Promise<Row[]> {
  const result = await client.query({ query, format: "JSONEachRow" });
  return result.json<Row>();
}

const insert = (table: string, values: object[]): Promise<unknown> =>
  client.insert({ table, values, format: "JSONEachRow" });

describe("what the injector says", () => {
  const pod = {
    podUid: "u1",
    container: "app",
    namespace: "shop",
    pod: "web-1",
    workload: "Deployment/web",
    node: "n1",
    phase: "Running",
    createdUnixNs: NOW_NS,
    injected: true,
    codes: ["not_reporting", "static_binary"],
    details: ["", ""],
    state: "running",
    restarts: 2,
    limitBytes: 64n << 20n,
  };

  it("is stored, and the last word counts", async () => {
    await record({ containers: [pod, { ...pod, podUid: "u2", deleted: true }] });
    await record({ containers: [{ ...pod, reporting: true, codes: ["injected"], details: [""] }] });
    const stored = await rows(
      "SELECT pod_uid, reporting, deleted, codes, limit_bytes FROM pods FINAL ORDER BY pod_uid",
    );
    expect(stored).toEqual([
      {
        pod_uid: "u1",
        reporting: true,
        deleted: false,
        codes: ["injected"],
        limit_bytes: expect.anything() as unknown,
      },
      expect.objectContaining({ pod_uid: "u2", reporting: false, deleted: true }),
    ]);
  });

  it("of the end of a container counts once, however often it is said", async () => {
    const end = {
      podUid: "u1",
      container: "app",
      namespace: "shop",
      pod: "web-1",
      startedUnixNs: NOW_NS,
      finishedUnixNs: NOW_NS + 5_000_000_000n,
      reason: "OOMKilled",
      exitCode: 137,
    };
    await record({ ends: [end] });
    await record({ ends: [end, { ...end, startedUnixNs: NOW_NS + 10_000_000_000n, reason: "Error", exitCode: 1 }] });
    const stored = await rows(
      "SELECT toString(reason) AS reason, exit_code FROM container_ends FINAL ORDER BY started_ns",
    );
    expect(stored).toEqual([
      { reason: "OOMKilled", exit_code: 137 },
      { reason: "Error", exit_code: 1 },
    ]);
  });

  it("is refused when it is too much at once", async () => {
    const many = Array.from({ length: 1001 }, () => pod);
    await expect(record({ containers: many })).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
    await expect(reported(many.map(() => "u"))).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });
});

describe("what the injector asks", () => {
  it("which containers have sent something, and how much", async () => {
    const process = (key: number, uid: string, container: string): object => ({
      process: String(key),
      updated_ns: "1",
      started_ns: String(NOW_NS + BigInt(key)),
      pod_uid: uid,
      container,
    });
    await insert("processes", [
      process(1, "p1", "app"),
      process(2, "p1", "app"),
      process(3, "p1", "worker"),
      process(4, "other", "app"),
    ]);
    const block = (key: number, number: number, allocations: number): object => ({
      process: String(key),
      block: number,
      allocations,
      all_allocations: String(allocations),
    });
    await insert("blocks", [block(1, 1, 10), block(1, 2, 5), block(2, 1, 7), block(4, 1, 1)]);
    const { containers } = await reported(["p1", "nobody"]);
    const byName = containers.toSorted((a, b) => (a.container < b.container ? -1 : 1));
    expect(byName.map(({ podUid, container, allocations }) => [podUid, container, allocations])).toEqual([
      ["p1", "app", 22n],
      ["p1", "worker", 0n],
    ]);
    expect(byName[0]?.startedUnixNs).toBe(NOW_NS + 2n);
    expect(await reported([])).toMatchObject({ containers: [] });
  });

  it("whom it turned away, also those whom it had let in before it knew them", async () => {
    const newer = new IngestClient(ingester.url);
    await expect(newer.hello({ process: 76n, protocolVersion: 2 })).rejects.toThrow();
    const { refused } = await reported([]);
    expect(refused).toMatchObject([{ address: "127.0.0.1", reason: "unknown_version" }]);
    const updated = new IngestClient(ingester.url);
    await updated.hello({ process: 77n });
    await updated.end();
    expect(await reported([])).toMatchObject({ refused: [] });
  });
});

describe("who may speak for the cluster", () => {
  const identity = { namespace: "heaphound", serviceAccount: "injector", pod: "injector-1", uid: "u", node: "" };
  const admission: Admission = { identity, workload: "" };
  const guarded = (account: string | undefined, is: Admission | undefined): Promise<unknown> =>
    fleetGuard(() => Promise.resolve(is), account)(new Metadata());

  it("the named service account, nobody else", async () => {
    expect(await guarded("heaphound/injector", admission)).toBe(admission);
    const refusals = [
      guarded("heaphound/web", admission),
      guarded(undefined, admission),
      guarded("shop/injector", admission),
    ];
    for (const refused of refusals)
      await expect(refused).rejects.toMatchObject({ reason: "not_the_injector", code: status.PERMISSION_DENIED });
  });
  it("anybody where nobody is asked", async () => {
    expect(await guarded(undefined, undefined)).toBeUndefined();
  });
});

describe("who was turned away", () => {
  it.each([
    ["10.0.0.7:41234", "10.0.0.7"],
    ["ipv4:10.0.0.7:41234", "10.0.0.7"],
    ["[fd00::7]:41234", "fd00::7"],
    ["[::ffff:10.0.0.7]:41234", "10.0.0.7"],
    ["unknown", ""],
  ])("%s is known by %j", (peer, address) => {
    expect(addressOf(peer)).toBe(address);
  });
  it("is remembered for ten minutes, or until let in", () => {
    let now = 0;
    const refusals = new Refusals(() => now);
    refusals.add("10.0.0.1:1", "token_refused", "expired");
    refusals.add("10.0.0.2:1", "no_token", "none");
    refusals.add("10.0.0.1:2", "token_refused", "invalidated");
    expect(refusals.all().map(({ address, detail }) => [address, detail])).toEqual([
      ["10.0.0.2", "none"],
      ["10.0.0.1", "invalidated"],
    ]);
    refusals.forget("10.0.0.1:3");
    expect(refusals.all()).toHaveLength(1);
    now = 600_001;
    expect(refusals.all()).toEqual([]);
  });
  it("does not fill memory", () => {
    const refusals = new Refusals();
    for (let index = 0; index < 5000; index++) refusals.add(`10.${index >> 8}.${index & 255}.1:1`, "no_token", "");
    expect(refusals.all()).toHaveLength(2000);
  });
});
