// Whoever can reach the gRPC port can send anything. A bad stream gets a clear status and is counted; the others do not notice.
import { connect } from "node:net";
import { once } from "node:events";
import { create, toBinary } from "@bufbuild/protobuf";
import { Client, credentials, status, type ServiceError } from "@grpc/grpc-js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ClientMessageSchema, GoodbyeSchema } from "@heaphound/wire";
import { eventually } from "@heaphound/service-kit/testing";
import { Laboratory } from "../support/laboratory.js";
import { program } from "../support/programs.js";

let laboratory: Laboratory;

beforeAll(async () => {
  laboratory = await Laboratory.open(["clickhouse", "ingester"]);
});
afterAll(() => laboratory.close());

/** Sends raw messages on a stream of their own; resolves with the status that ends it. */
async function send(...messages: readonly Uint8Array[]): Promise<{ code: number; details: string }> {
  const client = new Client(laboratory.stack.urls.grpc, credentials.createInsecure(), {
    "grpc.max_send_message_length": -1,
  });
  const call = client.makeBidiStreamRequest(
    "/heaphound.v1.Ingest/Stream",
    (bytes: Uint8Array) => Buffer.from(bytes),
    (bytes: Buffer) => bytes,
  );
  const ended = new Promise<{ code: number; details: string }>((resolve) => {
    call.on("error", (error: ServiceError) => resolve(error));
    call.on("status", (end: { code: number; details: string }) => resolve(end));
  });
  call.on("data", () => undefined);
  for (const message of messages) call.write(message);
  call.end();
  const end = await ended;
  client.close();
  return { code: end.code, details: end.details };
}

function goodbye(): Uint8Array {
  const value = create(GoodbyeSchema, { lastSequence: 1n });
  return toBinary(ClientMessageSchema, create(ClientMessageSchema, { message: { case: "goodbye", value } }));
}

function hello(process: bigint): Uint8Array {
  const now = BigInt(Date.now()) * 1_000_000n;
  const value = create(ClientMessageSchema, {
    message: {
      case: "hello",
      value: {
        protocolVersion: 1,
        process,
        pid: 1,
        startedUnixNs: now,
        executable: "/x",
        architecture: "amd64",
        nextSequence: 1n,
      },
    },
  });
  return toBinary(ClientMessageSchema, value);
}

/** Sum over all reasons; a counter with labels has no line before it counts. */
async function rejectedSoFar(): Promise<number> {
  const text = await (await fetch(`${laboratory.stack.urls.ingester}/metrics`)).text();
  expect(text).toContain("# TYPE heaphound_ingester_rejected_total counter");
  const lines = text.split("\n").filter((line) => line.startsWith("heaphound_ingester_rejected_total{"));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}

const garbage = Uint8Array.from({ length: 5000 }, (_, index) => (index * 7919 + 13) & 255);

describe("bad messages", () => {
  it.each([
    ["garbage", [garbage]],
    ["garbage after a hello", [hello(0x1001n), garbage]],
    ["a message that is cut off", [hello(0x1002n).subarray(0, 20)]],
    ["an empty message", [new Uint8Array(0)]],
    ["two hellos", [hello(0x1003n), hello(0x1003n)]],
    ["a goodbye before the hello", [goodbye()]],
  ] as [string, Uint8Array[]][])("%s: INVALID_ARGUMENT with a reason, and counted", async (_, messages) => {
    const before = await rejectedSoFar();
    const { code, details } = await send(...messages);
    expect(code).toBe(status.INVALID_ARGUMENT);
    expect(details.length).toBeGreaterThan(10);
    expect(await rejectedSoFar()).toBeGreaterThan(before);
  });

  it("an oversized message: refused without being read to the end", async () => {
    const { code } = await send(hello(0x1004n), new Uint8Array(9 * 2 ** 20));
    expect([status.RESOURCE_EXHAUSTED, status.INVALID_ARGUMENT]).toContain(code);
  });

  it("bytes that are not HTTP/2: the connection is closed", async () => {
    const [host = "", port = ""] = laboratory.stack.urls.grpc.split(":");
    const socket = connect(Number(port), host);
    await once(socket, "connect");
    socket.on("error", () => undefined);
    socket.write(garbage);
    socket.resume();
    await once(socket, "close");
    expect(socket.destroyed).toBe(true);
  });

  it("leave other streams alone", async () => {
    const startedMs = Date.now() - 1;
    const worker = laboratory.start([program("worker")]);
    await worker.ask("50000");
    for (let round = 0; round < 20; round++) {
      await Promise.all([send(garbage), send(hello(BigInt(0x2000 + round)), garbage), worker.ask("5000")]);
    }
    const [allocations] = (await worker.ask("1000")).split(" ");
    expect(await worker.ended("")).toMatchObject({ exitCode: 0, stderr: "" });
    const { stored } = await laboratory.recordingOf(worker.pid, startedMs);
    expect(stored.allocations).toBe(Number(allocations));
    expect(stored.losses).toEqual({});
    await eventually(async () => (await fetch(`${laboratory.stack.urls.ingester}/readyz`)).ok);
    expect(laboratory.stack.service("ingester").restarts).toBe(0);
  });
});
