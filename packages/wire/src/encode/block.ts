import { create, toBinary, type MessageInitShape } from "@bufbuild/protobuf";
import { constants, zstdCompressSync } from "node:zlib";
import type { BlockClock } from "../block/header.js";
import {
  BlockSchema,
  ClientMessageSchema,
  Column_Compression,
  type Block,
  type DictionarySchema,
  type LossSchema,
  type AllocatorSampleSchema,
  type AllocatorSchema,
  type MapSampleSchema,
  type MemoryCallSchema,
  type MemorySampleSchema,
  type TotalsSchema,
} from "../gen/heaphound/v1/ingest_pb.js";
import { EventEncoder, type EncodedEvents } from "./columns.js";
import type { WireEvent } from "./events.js";

export interface BlockParts {
  sequence: number;
  firstAllocation: number;
  clock: BlockClock;
  dictionary?: MessageInitShape<typeof DictionarySchema>;
  totals?: MessageInitShape<typeof TotalsSchema>;
  losses?: MessageInitShape<typeof LossSchema>[];
  memory?: MessageInitShape<typeof MemorySampleSchema>;
  memoryCalls?: MessageInitShape<typeof MemoryCallSchema>[];
  maps?: MessageInitShape<typeof MapSampleSchema>;
  allocators?: MessageInitShape<typeof AllocatorSchema>[];
  allocatorSamples?: MessageInitShape<typeof AllocatorSampleSchema>[];
}

export function encodeEvents(
  events: Iterable<WireEvent>,
  firstAllocation: number,
  hasFreeStacks = false,
): EncodedEvents {
  const encoder = new EventEncoder(firstAllocation, hasFreeStacks);
  for (const event of events) encoder.add(event);
  return encoder.finish();
}

/** Columns shorter than this are sent as they are. */
const COMPRESS_FROM_BYTES = 64;

/** A Block message of these events; compression "zstd" is level 1, as the preload uses it. */
export function makeBlock(parts: BlockParts, events: EncodedEvents, compression: "none" | "zstd" = "zstd"): Block {
  return create(BlockSchema, {
    sequence: BigInt(parts.sequence),
    firstAllocation: BigInt(parts.firstAllocation),
    clock: parts.clock,
    eventCount: events.eventCount,
    allocationCount: events.allocationCount,
    columns: events.columns.map(({ kind, bytes }) => {
      const packed = compression === "zstd" && bytes.length >= COMPRESS_FROM_BYTES;
      return {
        kind,
        compression: packed ? Column_Compression.ZSTD : Column_Compression.NONE,
        size: bytes.length,
        data: packed ? zstdCompressSync(bytes, ZSTD_LEVEL_1) : bytes,
      };
    }),
    ...(parts.dictionary && { dictionary: parts.dictionary }),
    ...(parts.totals && { totals: parts.totals }),
    ...(parts.losses && { losses: parts.losses }),
    ...(parts.memory && { memory: parts.memory }),
    memoryCalls: parts.memoryCalls ?? [],
    ...(parts.maps && { maps: parts.maps }),
    allocators: parts.allocators ?? [],
    allocatorSamples: parts.allocatorSamples ?? [],
  });
}

const ZSTD_LEVEL_1 = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

export function blockBytes(block: Block): Uint8Array {
  return toBinary(BlockSchema, block);
}

/** What goes on the stream and into files: a ClientMessage. */
export function clientMessage(message: MessageInitShape<typeof ClientMessageSchema>["message"]): Uint8Array {
  return toBinary(ClientMessageSchema, create(ClientMessageSchema, message ? { message } : {}));
}
