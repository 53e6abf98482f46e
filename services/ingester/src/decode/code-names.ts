import { WireError, type CodeName } from "@heaphound/wire";

const MAX_CODE_NAMES = 2 ** 18;

/** Functions that a process has made at run time, by their addresses. */
export class CodeNames {
  /** By start; of two with the same start the later one is behind. */
  private sorted: CodeName[] = [];

  add(names: readonly CodeName[]): void {
    if (names.length === 0) return;
    if (this.sorted.length + names.length > MAX_CODE_NAMES)
      throw new WireError("bad_dictionary", `more than ${MAX_CODE_NAMES} names of generated code`);
    this.sorted.push(...names);
    this.sorted.sort((a, b) => (a.start < b.start ? -1 : Number(a.start > b.start))); // stable
  }

  /** The name of the function that a node's address lies in. */
  at(node: number, address: bigint): string | undefined {
    let low = 0;
    let high = this.sorted.length; // those from here on begin behind the address
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.sorted[middle]!.start <= address) low = middle + 1;
      else high = middle;
    }
    // Where code was replaced, the newest that this node can mean: all of them have the same start.
    const start = this.sorted[high - 1]?.start;
    for (let n = high - 1; n >= 0 && this.sorted[n]!.start === start; n--) {
      const code = this.sorted[n]!;
      if (code.firstNode <= node) return address - code.start < code.size ? code.name : undefined;
    }
    return undefined;
  }
}
