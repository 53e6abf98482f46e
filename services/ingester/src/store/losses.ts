import { type BlockHeader, Loss_Kind } from "@heaphound/wire";

/** What a block says that is missing. */
export type BlockLoss = BlockHeader["losses"][number];

/** "ring_full": as in the database, in metrics and in what people read. One of a newer client has its number. */
export function lossName(kind: number): string {
  return (Loss_Kind[kind] ?? `kind_${kind}`).toLowerCase();
}
