/** A call that changed the address space. Addresses are exact as numbers: no system hands out more than 53 bits. */
export interface MemoryCall {
  kind: string;
  timeNs: number;
  tid: number;
  stack: number;
  address: number;
  size: number;
  oldAddress: number;
  oldSize: number;
}

interface Range {
  start: number;
  end: number;
  call: MemoryCall;
}

const OWNING: ReadonlySet<string> = new Set(["mmap", "mremap", "brk"]);

/**
 * Which call each address goes back to, after replaying calls in order. Ranges are disjoint and sorted; a call replaces
 * what it overlaps, an unmapping cuts it out:
 *
 *     mmap A    [aaaaaaaaaa]
 *     munmap    [aaa]    [aaa]
 *     mmap B      [bb]
 *               [aa][bb] [aaa]
 */
export class AddressSpace {
  private readonly ranges: Range[] = [];

  constructor(private readonly pageBytes: number) {}

  apply(call: MemoryCall): void {
    switch (call.kind) {
      case "mmap":
        this.own(call.address, call.size, call);
        return;
      case "munmap":
        this.cut(call.address, this.endOf(call.address, call.size));
        return;
      case "mremap":
        this.cut(call.oldAddress, this.endOf(call.oldAddress, call.oldSize));
        this.own(call.address, call.size, call);
        return;
      case "brk":
        if (call.address > call.oldAddress) this.own(call.oldAddress, call.address - call.oldAddress, call);
        else this.cut(call.address, call.oldAddress);
    }
  }

  /** The calls that own parts of a range, each with its bytes. */
  ownersOf(start: number, end: number): { call: MemoryCall; bytes: number }[] {
    const owners = new Map<MemoryCall, number>();
    for (let index = this.firstBehind(start); index < this.ranges.length; index++) {
      const range = this.ranges[index]!;
      if (range.start >= end) break;
      const bytes = Math.min(end, range.end) - Math.max(start, range.start);
      if (OWNING.has(range.call.kind)) owners.set(range.call, (owners.get(range.call) ?? 0) + bytes);
    }
    return [...owners].map(([call, bytes]) => ({ call, bytes })).sort((a, b) => b.bytes - a.bytes);
  }

  /** The kernel maps whole pages. */
  private endOf(address: number, size: number): number {
    return address + Math.ceil(size / this.pageBytes) * this.pageBytes;
  }

  private own(address: number, size: number, call: MemoryCall): void {
    const end = this.endOf(address, size);
    const at = this.cut(address, end);
    this.ranges.splice(at, 0, { start: address, end, call });
  }

  /** Takes a range out; where a range with this start would now be inserted. */
  private cut(start: number, end: number): number {
    const at = this.firstBehind(start);
    let behind = at;
    const rest: Range[] = [];
    for (; behind < this.ranges.length && this.ranges[behind]!.start < end; behind++) {
      const range = this.ranges[behind]!;
      if (range.start < start) rest.push({ ...range, end: start });
      if (range.end > end) rest.push({ ...range, start: end });
    }
    this.ranges.splice(at, behind - at, ...rest);
    return rest[0]?.end === start ? at + 1 : at;
  }

  /** The first range that ends behind an address. */
  private firstBehind(address: number): number {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ranges[middle]!.end > address) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
