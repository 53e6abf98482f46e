/** Writes rows in ClickHouse's RowBinary format into one growing buffer. */
export class RowBinaryWriter {
  private buffer = Buffer.allocUnsafe(1 << 20);
  private length = 0;

  get bytes(): Buffer {
    return this.buffer.subarray(0, this.length);
  }

  u8(value: number): this {
    const at = this.reserve(1);
    this.buffer.writeUInt8(value, at);
    return this;
  }

  u16(value: number): this {
    const at = this.reserve(2);
    this.buffer.writeUInt16LE(value, at);
    return this;
  }

  u32(value: number): this {
    const at = this.reserve(4);
    this.buffer.writeUInt32LE(value, at);
    return this;
  }

  u64(value: number | bigint): this {
    const at = this.reserve(8);
    this.buffer.writeBigUInt64LE(BigInt(value), at);
    return this;
  }

  i64(value: number | bigint): this {
    const at = this.reserve(8);
    this.buffer.writeBigInt64LE(BigInt(value), at);
    return this;
  }

  text(value: string): this {
    const bytes = Buffer.from(value);
    this.varint(bytes.length);
    return this.raw(bytes);
  }

  raw(bytes: Uint8Array): this {
    const at = this.reserve(bytes.length);
    this.buffer.set(bytes, at);
    return this;
  }

  varint(value: number): this {
    let rest = value;
    while (rest >= 0x80) {
      this.u8((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    return this.u8(rest);
  }

  private reserve(bytes: number): number {
    const at = this.length;
    this.length += bytes;
    if (this.length > this.buffer.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.length, this.buffer.length * 2));
      this.buffer.copy(grown, 0, 0, at);
      this.buffer = grown;
    }
    return at;
  }
}
