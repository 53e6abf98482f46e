/** Reads ClickHouse's RowBinary format. */
export class RowBinaryReader {
  private offset = 0;

  constructor(private readonly bytes: Buffer) {}

  get isAtEnd(): boolean {
    return this.offset >= this.bytes.length;
  }

  u32(): number {
    const value = this.bytes.readUInt32LE(this.offset);
    this.offset += 4;
    return value;
  }

  u64(): bigint {
    const value = this.bytes.readBigUInt64LE(this.offset);
    this.offset += 8;
    return value;
  }

  /** A signed 64-bit number of which 53 bits are used. */
  i64(): number {
    const value = this.bytes.readInt32LE(this.offset + 4) * 2 ** 32 + this.bytes.readUInt32LE(this.offset);
    this.offset += 8;
    return value;
  }

  varint(): number {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.bytes[this.offset++]!;
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  }

  text(): string {
    const length = this.varint();
    this.offset += length;
    return this.bytes.toString("utf8", this.offset - length, this.offset);
  }

  texts(): string[] {
    return Array.from({ length: this.varint() }, () => this.text());
  }

  u32s(): number[] {
    return Array.from({ length: this.varint() }, () => this.u32());
  }
}
