import { ByteReader } from "../byte-reader.js";
import { WireError } from "../error.js";

/** Stacks that one block can say something about. */
export const MAX_CULLED_STACKS = 16_384;
/** Bucket 0: below 256 ns; bucket k: from 2^(k+7) to below 2^(k+8) ns; the last one without end. */
export const LIFETIME_BUCKETS = 28;

/** Counters of what was culled, a row per stack. The arrays belong to the decoder. */
export class CulledColumns {
  count = 0;
  readonly stack = new Uint32Array(MAX_CULLED_STACKS);
  readonly allocations = new Float64Array(MAX_CULLED_STACKS);
  readonly bytes = new Float64Array(MAX_CULLED_STACKS);
  /** LIFETIME_BUCKETS per row. */
  readonly lifetimes = new Float64Array(MAX_CULLED_STACKS * LIFETIME_BUCKETS);
}

/** Decodes the CULLED column of docs/wire.md. */
export class CulledDecoder {
  private readonly column = new ByteReader();

  constructor(private readonly columns: CulledColumns) {}

  decode(bytes: Uint8Array, stackCount: number): void {
    const { column, columns } = this;
    column.reset(bytes, "CULLED");
    columns.count = 0;
    let stack = 0;
    while (!column.atEnd) {
      const row = columns.count++;
      if (row >= MAX_CULLED_STACKS)
        throw new WireError("too_many_events", `CULLED has more than ${MAX_CULLED_STACKS} stacks`);
      stack += column.zigzag();
      if (stack < 0 || stack > stackCount)
        throw new WireError("unknown_stack", `CULLED has stack ${stack}, but only ${stackCount} are defined`);
      columns.stack[row] = stack;
      columns.allocations[row] = column.wireNumber();
      columns.bytes[row] = column.wireNumber();
      this.decodeLifetimes(row);
    }
    column.finish();
  }

  /** A bit per bucket that is not empty, then their counts; the last one's follows from the others'. */
  private decodeLifetimes(row: number): void {
    const { column, columns } = this;
    const present = column.wireNumber();
    if (present === 0 || present >= 2 ** LIFETIME_BUCKETS)
      throw new WireError("bad_event", "CULLED has lifetimes in buckets that do not exist");
    const first = row * LIFETIME_BUCKETS;
    const last = 31 - Math.clz32(present);
    let left = columns.allocations[row]!;
    for (let bucket = 0; bucket < LIFETIME_BUCKETS; bucket++) {
      const isPresent = ((present >>> bucket) & 1) === 1;
      const count = bucket === last ? left : isPresent ? column.wireNumber() : 0;
      left -= count;
      columns.lifetimes[first + bucket] = count;
    }
    if (left !== 0) throw new WireError("count_mismatch", "CULLED has more lifetimes than allocations");
  }
}
