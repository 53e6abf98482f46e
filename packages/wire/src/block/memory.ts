import { fromBinary, type DescMessage, type MessageShape } from "@bufbuild/protobuf";
import { unzstd } from "../decompress.js";
import { WireError } from "../error.js";
import { FieldReader } from "../fields.js";
import {
  AllocatorSampleSchema,
  AllocatorSchema,
  MappingSchema,
  MapSampleSchema,
  MemoryCallSchema,
  type Allocator,
  type AllocatorSample,
  type Mapping,
  type MemoryCall,
} from "../gen/heaphound/v1/ingest_pb.js";
import { MAX_ALLOCATORS, MAX_MAPPINGS, MAX_MEMORY_CALLS } from "../limits.js";

/** The address space as the kernel listed it. */
export interface BlockMaps {
  ticks: bigint;
  costNs: bigint;
  /** By ascending address. */
  mappings: Mapping[];
  /** Mappings that were not listed. */
  omitted: number;
}

/** What a block says beside its events; there is little of it, so that each entry may be an object. */
export interface BlockExtras {
  memoryCalls: MemoryCall[];
  maps: BlockMaps | null;
  allocators: Allocator[];
  allocatorSamples: AllocatorSample[];
}

export const noExtras = (): BlockExtras => ({ memoryCalls: [], maps: null, allocators: [], allocatorSamples: [] });

/** Readers by field number of Block. */
export const EXTRA_FIELDS: Record<number, (extras: BlockExtras, bytes: Uint8Array) => void> = {
  20: (extras, bytes) => push(extras.memoryCalls, MAX_MEMORY_CALLS, parse(MemoryCallSchema, bytes)),
  21: (extras, bytes) => {
    if (extras.maps) throw new WireError("malformed_message", "a block has two samples of the mappings");
    extras.maps = readMaps(bytes);
  },
  22: (extras, bytes) => push(extras.allocators, MAX_ALLOCATORS, parse(AllocatorSchema, bytes)),
  23: (extras, bytes) => push(extras.allocatorSamples, MAX_ALLOCATORS, parse(AllocatorSampleSchema, bytes)),
};

/** Calls name stacks that are defined by now. */
export function checkMemoryCalls(calls: readonly MemoryCall[], stackCount: number): void {
  const unknown = calls.find(({ stack }) => stack > stackCount);
  if (unknown)
    throw new WireError(
      "unknown_stack",
      `a memory call has stack ${unknown.stack}, but only ${stackCount} are defined`,
    );
}

function readMaps(bytes: Uint8Array): BlockMaps {
  const sample = parse(MapSampleSchema, bytes);
  const list = sample.mappingsSize > 0 ? unzstd(sample.mappings, sample.mappingsSize, "MapSample") : sample.mappings;
  const mappings: Mapping[] = [];
  for (const fields = new FieldReader(list, "MappingList"); fields.next();) {
    if (fields.number === 1) push(mappings, MAX_MAPPINGS, parse(MappingSchema, fields.data()));
    else fields.skip();
  }
  if (mappings.length !== sample.mappingCount)
    throw new WireError(
      "count_mismatch",
      `a MapSample has ${mappings.length} mappings but declares ${sample.mappingCount}`,
    );
  return { ticks: sample.ticks, costNs: sample.costNs, mappings, omitted: sample.omitted };
}

function push<T>(list: T[], most: number, entry: T): void {
  if (list.length >= most) throw new WireError("malformed_message", `a block has more than ${most} entries of a kind`);
  list.push(entry);
}

function parse<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D> {
  try {
    return fromBinary(schema, bytes, { readUnknownFields: false });
  } catch (error) {
    throw new WireError(
      "malformed_message",
      `${schema.name} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
