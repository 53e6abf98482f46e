import type { BlockHeader } from "@heaphound/wire";

/** The time of a tick of this block's clock, as Unix nanoseconds. */
export function unixNs({ clock }: BlockHeader, ticks: bigint): bigint {
  return relativeUnixNs(clock, Number(ticks - clock.baseTicks));
}

/** The same for ticks after the clock's base. */
export function relativeUnixNs(clock: BlockHeader["clock"], ticks: number): bigint {
  const ns = Math.round(ticks * clock.nsPerTick);
  return clock.baseUnixNs + (Number.isSafeInteger(ns) ? BigInt(ns) : 0n);
}
