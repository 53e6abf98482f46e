import type { ColumnValues } from "@heaphound/schema";
import type { BlockClock } from "@heaphound/wire";

/**
 * Columns of a batch, as ClickHouse's Native format wants them: little-endian arrays, so that what is appended here is
 * sent as it is. Nothing makes an object per row.
 */
export interface Column {
  /** For encodeTable of @heaphound/schema. Views of the column's memory: valid until the next append or clear. */
  values(): ColumnValues<string>;
  readonly byteCount: number;
  /** Empties the column and keeps its memory. */
  clear(): void;
}

const TWO_32 = 4_294_967_296;
const FIRST_CAPACITY = 256;

type Numbers = Uint8Array | Uint16Array | Uint32Array | Int32Array;

/** UInt8, UInt16, UInt32 or Int32. */
export class NumberColumn<A extends Numbers> implements Column {
  private array: A;
  private length = 0;

  constructor(private readonly makeArray: (length: number) => A) {
    this.array = makeArray(FIRST_CAPACITY);
  }

  get byteCount(): number {
    return this.length * this.array.BYTES_PER_ELEMENT;
  }

  push(value: number): void {
    this.reserve(1);
    this.array[this.length++] = value;
  }

  append(source: A, count: number): void {
    this.reserve(count);
    this.array.set(source.subarray(0, count), this.length);
    this.length += count;
  }

  fill(value: number, count: number): void {
    this.reserve(count);
    this.array.fill(value, this.length, this.length + count);
    this.length += count;
  }

  values(): Uint8Array {
    return new Uint8Array(this.array.buffer, 0, this.byteCount);
  }

  clear(): void {
    this.length = 0;
  }

  private reserve(count: number): void {
    if (this.length + count <= this.array.length) return;
    const larger = this.makeArray(capacityFor(this.length + count));
    larger.set(this.array);
    this.array = larger;
  }
}

export const uint8 = (): NumberColumn<Uint8Array> => new NumberColumn((length) => new Uint8Array(length));
export const uint16 = (): NumberColumn<Uint16Array> => new NumberColumn((length) => new Uint16Array(length));
export const int32 = (): NumberColumn<Int32Array> => new NumberColumn((length) => new Int32Array(length));
export const uint32 = (): NumberColumn<Uint32Array> => new NumberColumn((length) => new Uint32Array(length));

/** UInt64 or Int64, as pairs of 32-bit halves: a BigInt per value would cost more than the rest of the row. */
export class WideColumn implements Column {
  private halves = new Uint32Array(FIRST_CAPACITY * 2);
  private length = 0;

  get byteCount(): number {
    return this.length * 4;
  }

  /** A whole number of 0 to 2^53. */
  push(value: number): void {
    this.reserve(1);
    const high = Math.floor(value / TWO_32);
    this.put(value - high * TWO_32, high);
  }

  pushBig(value: bigint): void {
    this.reserve(1);
    this.put(Number(value & 0xffffffffn), Number(BigInt.asUintN(64, value) >> 32n));
  }

  pushHalves(low: number, high: number): void {
    this.reserve(1);
    this.put(low, high);
  }

  /** Values that are already as they are sent: 8 bytes each, little-endian. */
  appendBytes(bytes: Uint8Array): void {
    this.reserve(bytes.length / 8);
    new Uint8Array(this.halves.buffer).set(bytes, this.length * 4);
    this.length += bytes.length / 4;
  }

  fillBig(value: bigint, count: number): void {
    this.reserve(count);
    const low = Number(value & 0xffffffffn);
    const high = Number(BigInt.asUintN(64, value) >> 32n);
    for (let n = 0; n < count; n++) this.put(low, high);
  }

  /** Each value times `factor`. */
  append(source: Float64Array, count: number, factor = 1): void {
    this.reserve(count);
    for (let n = 0; n < count; n++) {
      const value = source[n]! * factor;
      const high = Math.floor(value / TWO_32);
      this.put(value - high * TWO_32, high);
    }
  }

  /** first, first + 1, ... */
  appendSequence(first: number, count: number): void {
    this.reserve(count);
    for (let value = first; value < first + count; value++) {
      const high = Math.floor(value / TWO_32);
      this.put(value - high * TWO_32, high);
    }
  }

  /** Ticks after the clock's base as Unix nanoseconds. */
  appendTimes(ticks: Float64Array, count: number, clock: BlockClock): void {
    this.reserve(count);
    const baseLow = Number(clock.baseUnixNs & 0xffffffffn);
    const baseHigh = Number(clock.baseUnixNs >> 32n);
    const { nsPerTick } = clock;
    for (let n = 0; n < count; n++) {
      const low = baseLow + Math.round(ticks[n]! * nsPerTick);
      const carry = Math.floor(low / TWO_32);
      this.put(low - carry * TWO_32, baseHigh + carry);
    }
  }

  /** The time from one tick to another in nanoseconds; 0 where `known` is 0, and where threads' clocks disagree. */
  appendDurations(
    from: Float64Array,
    to: Float64Array,
    options: { count: number; nsPerTick: number; known?: Uint8Array },
  ): void {
    const { count, nsPerTick, known } = options;
    this.reserve(count);
    for (let n = 0; n < count; n++) {
      const ticks = known?.[n] === 0 ? 0 : to[n]! - from[n]!;
      const value = ticks > 0 ? Math.round(ticks * nsPerTick) : 0;
      const high = Math.floor(value / TWO_32);
      this.put(value - high * TWO_32, high);
    }
  }

  values(): Uint8Array {
    return new Uint8Array(this.halves.buffer, 0, this.byteCount);
  }

  clear(): void {
    this.length = 0;
  }

  private put(low: number, high: number): void {
    const at = this.length;
    this.halves[at] = low;
    this.halves[at + 1] = high;
    this.length = at + 2;
  }

  private reserve(count: number): void {
    const needed = this.length + count * 2;
    if (needed <= this.halves.length) return;
    const larger = new Uint32Array(capacityFor(needed));
    larger.set(this.halves);
    this.halves = larger;
  }
}

export class TextColumn implements Column {
  private texts: string[] = [];
  private length = 0;

  /** Of the text, about. */
  get byteCount(): number {
    return this.length;
  }

  push(text: string): void {
    this.texts.push(text);
    this.length += text.length + 1;
  }

  values(): string[] {
    return this.texts;
  }

  clear(): void {
    this.texts = [];
    this.length = 0;
  }
}

/** FixedString(16). */
export class Id128Column implements Column {
  private data = new Uint8Array(FIRST_CAPACITY * ID_BYTES);
  private length = 0;

  get byteCount(): number {
    return this.length;
  }

  push(id: Uint8Array): void {
    if (this.length === this.data.length) {
      const larger = new Uint8Array(this.data.length * 2);
      larger.set(this.data);
      this.data = larger;
    }
    this.data.set(id, this.length);
    this.length += ID_BYTES;
  }

  values(): Uint8Array {
    return this.data.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }
}

const ID_BYTES = 16;

/** Array(T): the number of elements up to the end of each row, and all elements. */
export class ArrayColumn<C extends Column> implements Column {
  private readonly ends = new WideColumn();
  private total = 0;

  constructor(readonly elements: C) {}

  get byteCount(): number {
    return this.ends.byteCount + this.elements.byteCount;
  }

  /** Ends a row of which `count` elements have been pushed to `elements`. */
  endRow(count: number): void {
    this.total += count;
    this.ends.push(this.total);
  }

  values(): { ends: BigUint64Array; elements: ColumnValues<string> } {
    const ends = this.ends.values();
    return {
      ends: new BigUint64Array(ends.buffer, ends.byteOffset, ends.length / 8),
      elements: this.elements.values(),
    };
  }

  clear(): void {
    this.ends.clear();
    this.elements.clear();
    this.total = 0;
  }
}

function capacityFor(length: number): number {
  return 2 ** Math.ceil(Math.log2(length));
}
