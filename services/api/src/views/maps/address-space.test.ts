import { describe, expect, it } from "vitest";
import { AddressSpace, type MemoryCall } from "./address-space.js";

const PAGE = 4096;

const call = (kind: string, page: number, pages: number, more: Partial<MemoryCall> = {}): MemoryCall => ({
  kind,
  timeNs: 0,
  tid: 1,
  stack: 0,
  address: page * PAGE,
  size: pages * PAGE,
  oldAddress: 0,
  oldSize: 0,
  ...more,
});

/** One character per page: the stack of the owning call, `.` for none. */
function drawn(calls: readonly MemoryCall[], pages: number): string {
  const space = new AddressSpace(PAGE);
  for (const each of calls) space.apply(each);
  return Array.from({ length: pages }, (_, page) => {
    const [owner] = space.ownersOf(page * PAGE, (page + 1) * PAGE);
    return owner ? String(owner.call.stack) : ".";
  }).join("");
}

describe("the address space", () => {
  it("is cut where it is unmapped, and the gap can be used again", () => {
    expect(drawn([call("mmap", 1, 8, { stack: 1 }), call("munmap", 3, 3), call("mmap", 3, 2, { stack: 2 })], 10)).toBe(
      ".1122.111.",
    );
  });

  it("belongs to the newest mapping where they overlap", () => {
    expect(
      drawn([call("mmap", 2, 2, { stack: 1 }), call("mmap", 6, 2, { stack: 2 }), call("mmap", 3, 4, { stack: 3 })], 9),
    ).toBe("..1333 32.".replace(" ", ""));
  });

  it("moves with mremap, and shrinks", () => {
    const grown = call("mremap", 5, 3, { stack: 2, oldAddress: PAGE, oldSize: 2 * PAGE });
    const shrunk = call("mremap", 5, 1, { stack: 3, oldAddress: 5 * PAGE, oldSize: 3 * PAGE });
    expect(drawn([call("mmap", 1, 2, { stack: 1 }), grown], 9)).toBe(".....222.");
    expect(drawn([call("mmap", 1, 2, { stack: 1 }), grown, shrunk], 9)).toBe(".....3...");
  });

  it("follows the end of the heap up and down", () => {
    const up = call("brk", 6, 0, { stack: 1, oldAddress: 2 * PAGE });
    const down = call("brk", 4, 0, { stack: 2, oldAddress: 6 * PAGE });
    expect(drawn([up, down], 8)).toBe("..11....");
  });

  it("counts whole pages and sums the parts of one call", () => {
    const space = new AddressSpace(PAGE);
    const first = call("mmap", 0, 10, { size: 9 * PAGE + 1, stack: 1 });
    space.apply(first);
    space.apply(call("munmap", 4, 2));
    expect(space.ownersOf(0, 100 * PAGE)).toEqual([{ call: first, bytes: 8 * PAGE }]);
    expect(space.ownersOf(4 * PAGE, 6 * PAGE)).toEqual([]);
  });

  it("is the same as a page table after many calls", () => {
    let state = 7;
    const below = (limit: number): number => {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      return Math.floor((state / 2 ** 31) * limit);
    };
    const pages: string[] = Array.from({ length: 60 }, () => ".");
    const calls: MemoryCall[] = [];
    for (let n = 0; n < 400; n++) {
      const [page, count, stack] = [below(50), 1 + below(9), n % 10];
      const kind = below(3) === 0 ? "munmap" : "mmap";
      calls.push(call(kind, page, count, { stack }));
      pages.fill(kind === "mmap" ? String(stack) : ".", page, page + count);
    }
    expect(drawn(calls, 60)).toBe(pages.join(""));
  });
});
