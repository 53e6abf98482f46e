import type { BlockDecoder, BlockHeader } from "@heaphound/wire";

/** The time of a tick of this block's clock, as Unix nanoseconds. */
export function unixNs({ clock }: BlockHeader, ticks: bigint): bigint {
  return relativeUnixNs(clock, Number(ticks - clock.baseTicks));
}

/** The same for ticks after the clock's base. */
function relativeUnixNs(clock: BlockHeader["clock"], ticks: number): bigint {
  const ns = Math.round(ticks * clock.nsPerTick);
  return clock.baseUnixNs + (Number.isSafeInteger(ns) ? BigInt(ns) : 0n);
}

/** When the newest event of the block happened. */
export function endOf(header: BlockHeader, decoder: BlockDecoder): bigint {
  const { counted } = header;
  const newest = relativeUnixNs(header.clock, decoder.latestTicks);
  return counted ? larger(newest, unixNs(header, counted.endTicks)) : newest;
}

/** When the oldest one happened, or what the totals are about began. */
export function startOf(header: BlockHeader, decoder: BlockDecoder): bigint {
  const { counted } = header;
  const oldest = relativeUnixNs(header.clock, decoder.earliestTicks);
  return counted ? smaller(oldest, unixNs(header, counted.startTicks)) : oldest;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function smaller(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
