import { ByteReader } from "../byte-reader.js";
import { WireError } from "../error.js";
import type { AllocationColumns } from "./view.js";

export const KIND_MALLOC = 0;
export const KIND_CALLOC = 1;
export const KIND_REALLOC = 2;
export const KIND_ALIGNED = 3;

const MAX_ALIGNMENT_LOG2 = 63;

/** Applies the ALLOCATION_KIND column: entries for the allocations that are not plain malloc. */
export function decodeKinds(bytes: Uint8Array, firstAllocation: number, allocations: AllocationColumns): void {
  const column = new ByteReader();
  column.reset(bytes, "ALLOCATION_KIND");
  let index = -1;
  while (!column.atEnd) {
    index += column.varint() + 1;
    if (index >= allocations.count) {
      throw new WireError("count_mismatch", `ALLOCATION_KIND names allocation ${index} of ${allocations.count}`);
    }
    decodeKind(column, index, firstAllocation + index, allocations);
  }
  column.finish();
}

function decodeKind(column: ByteReader, index: number, number: number, allocations: AllocationColumns): void {
  const kind = column.u8();
  allocations.kind[index] = kind;
  switch (kind) {
    case KIND_CALLOC:
      return;
    case KIND_REALLOC: {
      const distance = column.varint();
      if (distance >= number)
        throw new WireError("unknown_allocation", `allocation ${number} replaces one before the first`);
      allocations.replaced[index] = distance === 0 ? 0 : number - distance;
      return;
    }
    case KIND_ALIGNED: {
      const alignmentLog2 = column.u8();
      if (alignmentLog2 > MAX_ALIGNMENT_LOG2) throw new WireError("bad_event", `an alignment of 2^${alignmentLog2}`);
      allocations.alignmentLog2[index] = alignmentLog2;
      return;
    }
    default:
      throw new WireError("bad_event", `allocation kind ${kind} is unknown`);
  }
}
