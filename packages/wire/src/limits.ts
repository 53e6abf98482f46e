/** The limits of docs/wire.md. What exceeds one is rejected before memory is spent on it. */
export const PROTOCOL_VERSION = 1;
export const MAX_MESSAGE_BYTES = 8 * 1024 * 1024;
export const MAX_COLUMN_BYTES = 4 * 1024 * 1024;
export const MAX_EVENTS = 65_536;
export const MAX_STACK_FRAMES = 16_384;

/** Entries of a block beside its events. */
export const MAX_MEMORY_CALLS = 2048;
export const MAX_MAPPINGS = 8192;
export const MAX_ALLOCATORS = 64;

/** Stack numbers have three bytes on the wire. */
export const MAX_STACKS = 1 << 24;

/** Messages that carry no columns: their lists are small, and generic decoding makes an object per entry. */
export const MAX_SMALL_MESSAGE_BYTES = 512 * 1024;

/**
 * Keys, sizes, allocation numbers and ticks from a block's base are below 2^52, so that they and their zigzag codes are exact
 * as numbers. No system hands out addresses of 55 bits.
 */
export const MAX_WIRE_NUMBER = 2 ** 52 - 1;

/** log2 of the largest window that a compressed column may ask the decompressor to hold: 8 MiB. */
export const MAX_ZSTD_WINDOW_LOG = 23;
