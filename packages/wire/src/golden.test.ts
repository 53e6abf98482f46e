import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { BlockDecoder } from "./block/decoder.js";
import { LIFETIME_BUCKETS, type CulledColumns } from "./block/culled.js";
import { readBlockHeader, type BlockHeader } from "./block/header.js";
import { DictionaryState } from "./dictionary/state.js";
import { encodeEvents } from "./encode/block.js";
import type { WireEvent } from "./encode/events.js";
import { readEnvelope } from "./envelope.js";
import { Column_Kind } from "./gen/heaphound/v1/ingest_pb.js";
import { decodedRows, expectedRows } from "./test-support/decoded.js";

/** What preload/test/unit/golden.c writes beside each block. */
interface Golden {
  hasFreeStacks: boolean;
  firstAllocation: number;
  events: WireEvent[];
  eventCount: number;
  allocationCount: number;
  sequence: number;
  codeNames?: Record<string, number | string>[];
  stackCount: number;
  nodeCount: number;
  clock: { baseTicks: number; baseUnixNs: string; nsPerTick: number };
  totals: Record<string, number>;
  losses: { kind: number; count: number; bytes: number }[];
  memory: Record<string, number>;
  modeChanges?: Record<string, number>[];
  markers?: { ticks: number; number: number; label: string }[];
  counted?: Record<string, number>;
  culled?: { stack: number; allocations: number; bytes: number; lifetimes: Record<string, number> }[];
  memoryCalls: Record<string, number>[];
  mappings: Record<string, number | string>[];
}

const DIRECTORY = fileURLToPath(new URL("../golden/", import.meta.url));
const NAMES = readdirSync(DIRECTORY)
  .filter((file) => file.endsWith(".json"))
  .map((file) => file.slice(0, -".json".length));

const KINDS = Object.values(Column_Kind).filter((kind) => typeof kind === "number");

function readGolden(name: string): { golden: Golden; header: BlockHeader } {
  const { kind, body } = readEnvelope(readFileSync(`${DIRECTORY}${name}.block`));
  expect(kind).toBe("block");
  return {
    golden: JSON.parse(readFileSync(`${DIRECTORY}${name}.json`, "utf8")) as Golden,
    header: readBlockHeader(body),
  };
}

/** Field by field as a number or text, so that a bigint and the JSON compare. */
function plain(object: object): Record<string, number> {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, Number(value)]));
}

/** Bucket -> count, empty buckets left out. */
function lifetimesOf(culled: CulledColumns, row: number): Record<string, number> {
  const all = [...culled.lifetimes.subarray(row * LIFETIME_BUCKETS, (row + 1) * LIFETIME_BUCKETS)];
  return Object.fromEntries(all.flatMap((count, bucket) => (count > 0 ? [[bucket, count]] : [])));
}

/** The entries of a message: bigints as numbers, texts as they are. */
function withNumbers(message: object): Record<string, number | string> {
  const entries = Object.entries(message).filter(([name]) => !name.startsWith("$"));
  return Object.fromEntries(
    entries.map(([name, value]): [string, number | string] => [
      name,
      typeof value === "string" ? value : Number(value),
    ]),
  );
}

describe("the golden blocks of the C encoder", () => {
  it("are there", () => {
    expect(NAMES.length).toBeGreaterThan(3);
  });

  it.each(NAMES)("%s decodes to the events that it was made of", (name) => {
    const { golden, header } = readGolden(name);
    const state = new DictionaryState();
    if (header.dictionary) state.apply(header.dictionary);
    expect({ stacks: state.stackCount, nodes: state.nodeCount }).toEqual({
      stacks: golden.stackCount,
      nodes: golden.nodeCount,
    });
    const decoder = new BlockDecoder();
    decoder.decode(header, { stackCount: state.stackCount, hasFreeStacks: golden.hasFreeStacks });
    expect(decodedRows(decoder)).toEqual(expectedRows({ ...golden }));
  });

  it.each(NAMES)("%s says of itself what the C side says", (name) => {
    const { golden, header } = readGolden(name);
    expect(header).toMatchObject({
      sequence: golden.sequence,
      eventCount: golden.eventCount,
      allocationCount: golden.allocationCount,
      firstAllocation: golden.firstAllocation,
    });
    expect(header.clock).toEqual({
      baseTicks: BigInt(golden.clock.baseTicks),
      baseUnixNs: BigInt(golden.clock.baseUnixNs),
      nsPerTick: golden.clock.nsPerTick,
    });
    expect(plain(header.totals)).toEqual(golden.totals);
    expect(plain(header.memory ?? {})).toEqual(golden.memory);
    expect(header.losses).toEqual(golden.losses);
    expect(header.extras.memoryCalls.map(plain)).toMatchObject(golden.memoryCalls);
    expect((header.extras.maps?.mappings ?? []).map(withNumbers)).toEqual(golden.mappings);
    expect(header.modeChanges.map(plain)).toEqual(golden.modeChanges ?? []);
    expect(header.markers.map(({ ticks, ...rest }) => ({ ticks: Number(ticks), ...rest }))).toEqual(
      golden.markers ?? [],
    );
    expect(plain(header.counted ?? {})).toEqual(plain(golden.counted ?? {}));
  });

  it.each(NAMES)("%s names generated code", (name) => {
    const { golden, header } = readGolden(name);
    expect((header.dictionary?.codeNames ?? []).map(withNumbers)).toEqual(golden.codeNames ?? []);
  });

  it.each(NAMES)("%s has the counters of what was culled", (name) => {
    const { golden, header } = readGolden(name);
    const decoder = new BlockDecoder();
    decoder.decode(header, { stackCount: golden.stackCount, hasFreeStacks: golden.hasFreeStacks });
    const { culled } = decoder;
    const rows = Array.from({ length: culled.count }, (_, row) => ({
      stack: culled.stack[row],
      allocations: culled.allocations[row],
      bytes: culled.bytes[row],
      lifetimes: lifetimesOf(culled, row),
    }));
    expect(rows).toEqual(golden.culled ?? []);
  });

  it.each(NAMES)("%s has the very columns that the TypeScript encoder makes of the events", (name) => {
    const { golden, header } = readGolden(name);
    const encoded = encodeEvents(golden.events, golden.firstAllocation, golden.hasFreeStacks);
    for (const kind of KINDS) {
      if (kind === Column_Kind.CULLED) continue; // no events
      const ours = encoded.columns.find((column) => column.kind === kind)?.bytes ?? new Uint8Array(0);
      expect([Column_Kind[kind], Buffer.from(header.columns.bytes(kind)).toString("hex")]).toEqual([
        Column_Kind[kind],
        Buffer.from(ours).toString("hex"),
      ]);
    }
  });
});
