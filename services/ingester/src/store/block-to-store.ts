import type { BlockDecoder, BlockHeader } from "@heaphound/wire";

/** Tables that have a block's rows already, from an attempt that was cut short. */
export interface StoredParts {
  allocations: boolean;
  lateFrees: boolean;
}

export interface BlockToStore {
  process: bigint;
  header: BlockHeader;
  /** Holds the block's events. */
  decoder: BlockDecoder;
  wireBytes: number;
  stored: StoredParts;
}
