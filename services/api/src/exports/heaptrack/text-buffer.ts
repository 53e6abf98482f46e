const ZERO = 0x30;
const LETTERS = 0x61 - 10;
const SPACE = 0x20;
const NEWLINE = 0x0a;
/** More than the longest line of numbers. */
const RESERVE = 64;

/** Collects lines of text as bytes; numbers are written in hex without a string in between. */
export class TextBuffer {
  private bytes = Buffer.allocUnsafe(1 << 17);
  private used = 0;

  get length(): number {
    return this.used;
  }

  /** What was collected since the last call. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.used));
    this.used = 0;
    return taken;
  }

  /** `mode number number...` */
  numbers(mode: string, ...values: readonly number[]): void {
    this.reserve(RESERVE + values.length * 17);
    this.bytes[this.used++] = mode.charCodeAt(0);
    for (const value of values) {
      this.bytes[this.used++] = SPACE;
      this.hex(value);
    }
    this.bytes[this.used++] = NEWLINE;
  }

  /** `mode number`, for the lines of which there are millions. */
  event(mode: number, value: number): void {
    this.reserve(RESERVE);
    this.bytes[this.used++] = mode;
    this.bytes[this.used++] = SPACE;
    this.hex(value);
    this.bytes[this.used++] = NEWLINE;
  }

  /** A line that is text already. */
  line(text: string): void {
    this.reserve(text.length * 3 + 1);
    this.used += this.bytes.write(text, this.used);
    this.bytes[this.used++] = NEWLINE;
  }

  /** Lower-case hex digits of a whole number below 2^53. */
  private hex(value: number): void {
    if (value > 0xffff_ffff) {
      const text = value.toString(16);
      this.used += this.bytes.write(text, this.used, "latin1");
      return;
    }
    let shift = value === 0 ? 0 : (31 - Math.clz32(value)) & ~3;
    for (; shift >= 0; shift -= 4) {
      const digit = (value >>> shift) & 15;
      this.bytes[this.used++] = digit < 10 ? ZERO + digit : LETTERS + digit;
    }
  }

  private reserve(bytes: number): void {
    if (this.used + bytes <= this.bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.used + bytes, this.bytes.length * 2));
    this.bytes.copy(grown, 0, 0, this.used);
    this.bytes = grown;
  }
}
