import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createClickHouseClient,
  insertBinary,
  Metrics,
  silentLogger,
  type ClickHouseClient,
} from "@heaphound/service-kit";
import { eventually, startEmbedded, type EmbeddedClickHouse } from "@heaphound/service-kit/testing";
import { columnNames, encodeTable, migrate } from "@heaphound/schema";
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StoredFrame, Symbols } from "../symbols.js";
import { FrameQueue } from "./frame-queue.js";
import { startSymbols } from "./index.js";
import { Programs } from "./test-support/programs.js";

let server: EmbeddedClickHouse;
let client: ClickHouseClient;
let programs: Programs;
let dataDir: string;
const running: Symbols[] = [];

beforeAll(async () => {
  [server, programs, dataDir] = await Promise.all([
    startEmbedded(),
    Programs.create(),
    mkdtemp(join(tmpdir(), "heaphound-worker-")),
  ]);
  await migrate({ url: server.url });
  client = createClickHouseClient({ url: server.url, service: "test", database: "heaphound" });
});

afterAll(async () => {
  for (const symbols of running) await symbols.stop();
  await client.close();
  await server.stop();
  await programs.remove();
  await rm(dataDir, { recursive: true, force: true });
});

async function start(environment: Record<string, string> = {}): Promise<{ symbols: Symbols; metrics: Metrics }> {
  const metrics = new Metrics({ service: "test" });
  const symbols = await startSymbols({
    client,
    environment: { HEAPHOUND_DATA_DIR: dataDir, ...environment },
    log: silentLogger(),
    metrics,
  });
  running.push(symbols);
  return { symbols, metrics };
}

async function storeFrames(frames: readonly StoredFrame[]): Promise<void> {
  await insertBinary(client, {
    table: "frames",
    columns: columnNames("frames"),
    format: "Native",
    body: encodeTable("frames", frames.length, {
      frame: BigUint64Array.from(frames, ({ frame }) => frame),
      build_id: frames.map(({ buildId }) => buildId),
      offset: BigUint64Array.from(frames, ({ offset }) => offset),
      module_path: frames.map(({ path }) => path),
    }),
  });
}

interface SymbolRow {
  version: number;
  functions: string[];
  lines: number[];
}

async function symbolOf(frame: bigint): Promise<SymbolRow | undefined> {
  const result = await client.query({
    query: "SELECT version, functions, lines FROM symbols FINAL WHERE frame = {frame:UInt64}",
    query_params: { frame: String(frame) },
    format: "JSONEachRow",
  });
  return (await result.json<SymbolRow>())[0];
}

async function framesOf(program: string, first: bigint): Promise<StoredFrame[]> {
  const buildId = await programs.buildId(program);
  const { start: get } = programs.symbol(program, /3BoxIiE3get/);
  const { start: plain } = programs.symbol(program, /^plain$/);
  return [get, plain].map((offset, i) => ({ frame: first + BigInt(i), buildId, offset, path: program }));
}

describe("the symbol worker", () => {
  it("stores the symbols of frames that the streams have stored", async () => {
    const frames = await framesOf(await programs.cpp("worker", "-g"), 0xffff_ffff_ffff_fff0n);
    await storeFrames(frames);
    const { symbols } = await start();
    symbols.framesStored(frames);
    const found = await eventually(() => symbolOf(0xffff_ffff_ffff_fff1n));
    expect(found).toMatchObject({ version: 2, functions: ["plain"] });
    expect(found.lines[0]).toBeGreaterThan(0);
  });

  it("finds frames in the database that nobody has queued", async () => {
    const frames = await framesOf(await programs.cpp("earlier"), 100n);
    await storeFrames(frames);
    await start();
    expect(await eventually(() => symbolOf(101n))).toMatchObject({ version: 1, functions: ["plain"] });
  });

  it("asks for a missing binary once, and looks its frames up when it has arrived", async () => {
    const program = await programs.cpp("uploaded");
    const frames = (await framesOf(program, 200n)).map((frame) => ({ ...frame, path: "/in/a/container" }));
    const [{ buildId }] = frames as [StoredFrame];
    const binary = await readFile(program);
    const module = { buildId, path: "/in/a/container", fileSize: binary.length };
    const { symbols, metrics } = await start({ HEAPHOUND_LOCAL_BINARIES: "0" });
    await storeFrames(frames);
    symbols.framesStored(frames);
    const text = 'heaphound_symbols_frames_total{result="no_file",service="test"}';
    await eventually(async () => (await metrics.expose()).body.includes(text));
    expect(await symbolOf(200n)).toBeUndefined();
    expect(await symbols.wanted(module, "pod-1")).toBe(true);
    expect(await symbols.wanted(module, "pod-1")).toBe(false);

    const chunk = {
      $typeName: "heaphound.v1.BinaryChunk" as const,
      buildId: Buffer.from(buildId, "hex"),
      fileSize: BigInt(binary.length),
      error: "",
    };
    await symbols.receive({ ...chunk, offset: 0n, data: binary }, "pod-1");
    await symbols.receive({ ...chunk, offset: BigInt(binary.length), data: new Uint8Array() }, "pod-1");
    expect((await eventually(() => symbolOf(200n))).functions[0]).toMatch(/^app::Box<int>::get\(int\)/);
    expect(await symbols.wanted(module, "pod-1")).toBe(false);
  });
});

describe("the frame queue", () => {
  const frame = (id: number, module: string, offset = id): StoredFrame => ({
    frame: BigInt(id),
    buildId: module,
    offset: BigInt(offset),
    path: `/${module}`,
  });

  it("takes each frame once, by module in turns, in the order of offsets", () => {
    const queue = new FrameQueue(100);
    queue.add([frame(1, "a", 30), frame(2, "a", 10), frame(3, "a", 20), frame(4, "b"), frame(1, "a", 30)]);
    expect(queue.size).toBe(4);
    expect(queue.take(2)).toMatchObject({ buildId: "a", frames: [{ offset: 10n }, { offset: 30n }] });
    expect(queue.take(2)).toMatchObject({ buildId: "b" });
    expect(queue.take(2)).toMatchObject({ buildId: "a", frames: [{ offset: 20n }] });
    expect(queue.take(2)).toBeUndefined();
    expect(queue.size).toBe(0);
  });

  it("turns away what does not fit, and says so once", () => {
    const queue = new FrameQueue(2);
    expect(queue.add([frame(1, "a"), frame(2, "a"), frame(3, "b")])).toBe(1);
    expect(queue.takeOverflow()).toBe(true);
    expect(queue.takeOverflow()).toBe(false);
  });
});
