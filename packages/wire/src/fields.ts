import { WireError } from "./error.js";

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/**
 * Walks the fields of one protobuf message without making an object per field:
 *
 *     for (const fields = new FieldReader(bytes); fields.next(); ) {
 *       if (fields.number === 1) sequence = fields.uint(); else fields.skip();
 *     }
 */
export class FieldReader {
  number = 0;
  private wireType = 0;
  private pos = 0;
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly name: string,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  next(): boolean {
    if (this.pos >= this.bytes.length) return false;
    const tag = this.rawVarint();
    this.number = Math.floor(tag / 8);
    this.wireType = tag % 8;
    if (this.number === 0) this.fail("has a field 0");
    return true;
  }

  /** An unsigned number that must be exact as a JavaScript number. */
  uint(): number {
    this.expect(VARINT);
    const value = this.rawVarint();
    if (value > Number.MAX_SAFE_INTEGER) {
      throw new WireError("number_out_of_range", `field ${this.number} of ${this.name} is above 2^53`);
    }
    return value;
  }

  uint32(): number {
    const value = this.uint();
    if (value > 0xffffffff) {
      throw new WireError("number_out_of_range", `field ${this.number} of ${this.name} is above 2^32`);
    }
    return value;
  }

  uint64(): bigint {
    this.expect(VARINT);
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    return this.fail("has a varint of more than 10 bytes");
  }

  fixed64(): bigint {
    this.expect(FIXED64);
    return this.view.getBigUint64(this.take(8), true);
  }

  double(): number {
    this.expect(FIXED64);
    return this.view.getFloat64(this.take(8), true);
  }

  /** A view of the message, not a copy. */
  data(): Uint8Array {
    this.expect(BYTES);
    const length = this.rawVarint();
    const at = this.take(length);
    return this.bytes.subarray(at, at + length);
  }

  text(): string {
    return utf8.decode(this.data());
  }

  /** Fields that a newer client knows and this reader does not. */
  skip(): void {
    switch (this.wireType) {
      case VARINT:
        this.rawVarint();
        return;
      case FIXED64:
        this.take(8);
        return;
      case BYTES:
        this.take(this.rawVarint());
        return;
      case FIXED32:
        this.take(4);
        return;
      default:
        this.fail(`has a field of wire type ${this.wireType}`);
    }
  }

  private expect(wireType: number): void {
    if (this.wireType !== wireType)
      this.fail(`has field ${this.number} with wire type ${this.wireType}, not ${wireType}`);
  }

  private take(byteCount: number): number {
    const at = this.pos;
    if (byteCount > this.bytes.length - at) this.fail("ends within a field");
    this.pos = at + byteCount;
    return at;
  }

  private byte(): number {
    return this.bytes[this.take(1)]!;
  }

  private rawVarint(): number {
    let value = 0;
    let scale = 1;
    for (let n = 0; n < 10; n++) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    return this.fail("has a varint of more than 10 bytes");
  }

  private fail(what: string): never {
    throw new WireError("malformed_message", `${this.name} ${what}`);
  }
}

/** Paths and names come from the kernel and may hold any bytes; those that are not UTF-8 become U+FFFD. */
const utf8 = new TextDecoder();
