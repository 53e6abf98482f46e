/** A growing column. */
export class ByteWriter {
  private buffer = new Uint8Array(256);
  private length = 0;

  get size(): number {
    return this.length;
  }

  bytes(): Uint8Array {
    return this.buffer.subarray(0, this.length);
  }

  u8(value: number): void {
    if (this.length === this.buffer.length) this.grow();
    this.buffer[this.length++] = value;
  }

  /** Little-endian. */
  uint(value: number, byteCount: number): void {
    let rest = value;
    for (let n = 0; n < byteCount; n++) {
      this.u8(rest % 256);
      rest = Math.floor(rest / 256);
    }
  }

  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.u8((rest % 128) | 128);
      rest = Math.floor(rest / 128);
    }
    this.u8(rest);
  }

  varint64(value: bigint): void {
    let rest = BigInt.asUintN(64, value);
    while (rest >= 128n) {
      this.u8(Number(rest & 127n) | 128);
      rest >>= 7n;
    }
    this.u8(Number(rest));
  }

  zigzag64(value: bigint): void {
    this.varint64((value << 1n) ^ (value >> 63n));
  }

  private grow(): void {
    const larger = new Uint8Array(this.buffer.length * 2);
    larger.set(this.buffer);
    this.buffer = larger;
  }
}

/** (v << 1) ^ (v >> 63), for numbers that are exact. */
export function zigzag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

/** Bytes that an unsigned number below 2^32 needs, at least 1. */
export function byteLength(value: number): number {
  return Math.max(1, Math.ceil((32 - Math.clz32(value)) / 8));
}
