import { WireError } from "./error.js";
import { MAX_WIRE_NUMBER } from "./limits.js";

/**
 * Reads numbers from a column. A fixed-width read past the end gives zeros, so the hot loop has no bounds check of its own:
 * `finish()` finds out afterwards. Everything that uses a number checks its range anyway, and the number of reads is
 * bounded by the number of events.
 */
export class ByteReader {
  private bytes: Uint8Array = new Uint8Array(0);
  private pos = 0;
  private name = "";

  reset(bytes: Uint8Array, name: string): void {
    this.bytes = bytes;
    this.pos = 0;
    this.name = name;
  }

  get atEnd(): boolean {
    return this.pos >= this.bytes.length;
  }

  u8(): number {
    return this.bytes[this.pos++]! | 0;
  }

  u16(): number {
    const at = this.pos;
    this.pos = at + 2;
    return this.bytes[at]! | (this.bytes[at + 1]! << 8);
  }

  u24(): number {
    const at = this.pos;
    this.pos = at + 3;
    return this.bytes[at]! | (this.bytes[at + 1]! << 8) | (this.bytes[at + 2]! << 16);
  }

  u32(): number {
    return this.u16() + this.u16() * 65_536;
  }

  /** 1 to 4 bytes, little-endian. */
  uint(byteCount: number): number {
    if (byteCount === 1) return this.u8();
    if (byteCount === 2) return this.u16();
    return byteCount === 3 ? this.u24() : this.u32();
  }

  varint(): number {
    const first = this.bytes[this.pos++]!;
    return first < 0x80 ? first : this.longVarint(first);
  }

  /** A varint within the limit on sizes and the like. */
  wireNumber(): number {
    const value = this.varint();
    if (value <= MAX_WIRE_NUMBER) return value;
    throw new WireError("number_out_of_range", `${this.name} has a number above 2^52`);
  }

  zigzag(): number {
    return unzigzag(this.varint());
  }

  finish(): void {
    if (this.pos > this.bytes.length) this.tooShort();
    if (this.pos < this.bytes.length) {
      throw new WireError(
        "column_too_long",
        `${this.name} has ${this.bytes.length - this.pos} bytes after its last entry`,
      );
    }
  }

  private longVarint(first: number): number {
    let value = first & 0x7f;
    let scale = 128;
    for (let n = 1; n < 10; n++) {
      const byte = this.bytes[this.pos++];
      if (byte === undefined) break;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return this.safe(value);
      scale *= 128;
    }
    if (this.pos > this.bytes.length) this.tooShort();
    throw new WireError("number_out_of_range", `${this.name} has a varint of more than 10 bytes`);
  }

  private safe(value: number): number {
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    throw new WireError("number_out_of_range", `${this.name} has a number above 2^53`);
  }

  private tooShort(): never {
    throw new WireError("column_too_short", `${this.name} ends after ${this.bytes.length} bytes, more were expected`);
  }
}

/** (v >> 1) ^ -(v & 1), also for numbers above 2^32. */
export function unzigzag(value: number): number {
  if (value <= 0x7fffffff) return (value >>> 1) ^ -(value & 1);
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}
