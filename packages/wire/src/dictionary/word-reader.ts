import { WireError } from "../error.js";

/** Reads varints of up to 64 bits as two 32-bit halves: code addresses need all 64 (the vsyscall page ends at 2^64). */
export class WordReader {
  low = 0;
  high = 0;
  private pos = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly name: string,
  ) {}

  /** Reads one varint into `low` and `high`, both unsigned. */
  read(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes[this.pos++];
      if (byte === undefined) throw new WireError("column_too_short", `${this.name} ends within an entry`);
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      if (byte < 0x80) {
        this.low = low >>> 0;
        this.high = high >>> 0;
        return;
      }
    }
    throw new WireError("number_out_of_range", `${this.name} has a varint of more than 10 bytes`);
  }

  /** One varint that must fit 32 bits. */
  uint32(): number {
    this.read();
    if (this.high !== 0) throw new WireError("number_out_of_range", `${this.name} has a number above 2^32`);
    return this.low;
  }

  /** One zigzag varint, its value in two's complement in `low` and `high`. */
  readZigzag(): void {
    this.read();
    const sign = -(this.low & 1);
    this.low = (((this.low >>> 1) | (this.high << 31)) ^ sign) >>> 0;
    this.high = ((this.high >>> 1) ^ sign) >>> 0;
  }

  finish(): void {
    if (this.pos < this.bytes.length) {
      throw new WireError(
        "column_too_long",
        `${this.name} has ${this.bytes.length - this.pos} bytes after its last entry`,
      );
    }
  }
}
