/**
 * What encoder and decoder must do alike: size classes (those of glibc's bins, since allocators reuse freed blocks of a
 * class last in, first out) and the keys freed in each.
 */
export const CLASS_COUNT = 1_026 + 64;

/** The class of a requested size; see "Address" in docs/wire.md. */
export function classOfSize(sizeBytes: number): number {
  return sizeBytes <= 16_384 ? (sizeBytes + 7) >> 4 : 1_026 + floorLog2(sizeBytes);
}

/** Keys between an allocation and the one right behind it. */
export function keysTaken(sizeBytes: number): number {
  if (sizeBytes <= 24) return 4;
  return sizeBytes < 0x40000000 ? ((sizeBytes + 23) >> 4) << 1 : Math.floor((sizeBytes + 23) / 16) * 2;
}

function floorLog2(value: number): number {
  return value <= 0xffffffff ? 31 - Math.clz32(value) : 63 - Math.clz32(value / 4_294_967_296);
}

const LIST_LENGTH = 128;

/** Per class the 128 keys freed last. */
export class FreedKeys {
  private readonly keys = new Float64Array(CLASS_COUNT * LIST_LENGTH);
  private readonly next = new Uint8Array(CLASS_COUNT); // where the next key goes: a ring
  private readonly counts = new Uint8Array(CLASS_COUNT);

  clear(): void {
    this.counts.fill(0);
  }

  push(sizeClass: number, key: number): void {
    const at = this.next[sizeClass]!;
    this.keys[sizeClass * LIST_LENGTH + at] = key;
    this.next[sizeClass] = (at + 1) % LIST_LENGTH;
    if (this.counts[sizeClass]! < LIST_LENGTH) this.counts[sizeClass]!++;
  }

  /** The newest key of the class, -1 when there is none. */
  newest(sizeClass: number): number {
    if (this.counts[sizeClass] === 0) return -1;
    const at = (this.next[sizeClass]! + LIST_LENGTH - 1) % LIST_LENGTH;
    return this.keys[sizeClass * LIST_LENGTH + at]!;
  }

  /** Removes the newest key and returns it, -1 when there is none. */
  pop(sizeClass: number): number {
    const key = this.newest(sizeClass);
    if (key < 0) return -1;
    this.next[sizeClass] = (this.next[sizeClass]! + LIST_LENGTH - 1) % LIST_LENGTH;
    this.counts[sizeClass]!--;
    return key;
  }
}

/** The last key of each class within a block; before any, a class falls back on the previous allocation's key. */
export class LastKeys {
  private readonly keys = new Float64Array(CLASS_COUNT).fill(-1);

  clear(): void {
    this.keys.fill(-1);
  }

  get(sizeClass: number, fallback: number): number {
    const key = this.keys[sizeClass]!;
    return key < 0 ? fallback : key;
  }

  set(sizeClass: number, key: number): void {
    this.keys[sizeClass] = key;
  }
}
