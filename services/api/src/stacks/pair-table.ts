/**
 * Numbers pairs of numbers densely from 0 in order of appearance: an open-addressing hash table on typed arrays. `a` is any
 * safe integer, `b` an unsigned 32-bit number. Used where a Map with a combined key costs seconds: frames, children of tree
 * nodes, (size, stack) pairs.
 */
export class PairTable {
  private slots = new Int32Array(1024).fill(-1);
  private keysA = new Float64Array(512);
  private keysB = new Uint32Array(512);
  private used = 0;

  get size(): number {
    return this.used;
  }

  /** Bytes of memory held. */
  get byteLength(): number {
    return this.slots.byteLength + this.keysA.byteLength + this.keysB.byteLength;
  }

  firstOf(index: number): number {
    return this.keysA[index]!;
  }

  secondOf(index: number): number {
    return this.keysB[index]!;
  }

  /** The pair's number; a new pair gets the next one. */
  add(a: number, b: number): number {
    const slot = this.find(a, b);
    const found = this.slots[slot]!;
    if (found >= 0) return found;
    const index = this.used++;
    this.slots[slot] = index;
    if (index >= this.keysA.length) this.growKeys();
    this.keysA[index] = a;
    this.keysB[index] = b;
    if (this.used * 2 > this.slots.length) this.rehash();
    return index;
  }

  /** The pair's number, or -1. */
  get(a: number, b: number): number {
    return this.slots[this.find(a, b)]!;
  }

  private find(a: number, b: number): number {
    const mask = this.slots.length - 1;
    let slot = hash(a, b) & mask;
    for (;;) {
      const index = this.slots[slot]!;
      if (index < 0 || (this.keysA[index] === a && this.keysB[index] === b)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  private growKeys(): void {
    const a = new Float64Array(this.keysA.length * 2);
    const b = new Uint32Array(this.keysB.length * 2);
    a.set(this.keysA);
    b.set(this.keysB);
    [this.keysA, this.keysB] = [a, b];
  }

  private rehash(): void {
    this.slots = new Int32Array(this.slots.length * 2).fill(-1);
    for (let index = 0; index < this.used; index++) {
      this.slots[this.find(this.keysA[index]!, this.keysB[index]!)] = index;
    }
  }
}

function hash(a: number, b: number): number {
  const high = Math.floor(a / 4294967296);
  let h = Math.imul(a | 0, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}
