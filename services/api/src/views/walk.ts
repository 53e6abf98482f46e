import type { CallTrie } from "../stacks/call-trie.js";
import type { Cursors } from "./cursors.js";
import type { FrameLines } from "./frame-lines.js";
import type { NodeWeights } from "./stack-weights.js";

/** A direction in which the paths of a trie are read. */
export interface Walk {
  /** Positions at the first line of every path. */
  begin(out: Cursors): void;
  /** Positions after that of `from` at `at`. What ends there is returned as [bytes, count], in an array that is used again. */
  advance(from: Cursors, at: number, out: Cursors): Readonly<Float64Array>;
}

/** From the outermost frame to what allocated. A position stands for all stacks that come through its node. */
export class Inward implements Walk {
  private readonly firstChild: Int32Array;
  private readonly nextSibling: Int32Array;
  private readonly ended = new Float64Array(2);

  constructor(
    private readonly trie: CallTrie,
    private readonly lines: FrameLines,
    private readonly weights: NodeWeights,
  ) {
    this.firstChild = new Int32Array(trie.size);
    this.nextSibling = new Int32Array(trie.size);
    for (let node = trie.size - 1; node > 0; node--) {
      if (weights.counts[node] === 0) continue;
      const parent = trie.parentOf(node);
      this.nextSibling[node] = this.firstChild[parent]!;
      this.firstChild[parent] = node;
    }
  }

  begin(out: Cursors): void {
    this.enterChildren(0, out);
  }

  advance(from: Cursors, at: number, out: Cursors): Float64Array {
    const node = from.nodes[at]!;
    const line = from.lines[at]!;
    const isInlinedHere = line > 0;
    this.ended[0] = isInlinedHere ? 0 : this.weights.selfBytes[node]!;
    this.ended[1] = isInlinedHere ? 0 : this.weights.selfCounts[node]!;
    if (isInlinedHere) out.push(node, line - 1, from.bytes[at]!, from.counts[at]!);
    else this.enterChildren(node, out);
    return this.ended;
  }

  private enterChildren(node: number, out: Cursors): void {
    const { bytes, counts } = this.weights;
    for (let child = this.firstChild[node]!; child !== 0; child = this.nextSibling[child]!) {
      const outermost = this.lines.countOf(this.trie.frameOf(child)) - 1;
      out.push(child, outermost, bytes[child]!, counts[child]!);
    }
  }
}

/** From what allocated to the outermost frame. A position stands for the stacks that began at one node. */
export class Outward implements Walk {
  private readonly ended = new Float64Array(2);

  constructor(
    private readonly trie: CallTrie,
    private readonly lines: FrameLines,
    private readonly weights: NodeWeights,
  ) {}

  begin(out: Cursors): void {
    const { selfBytes, selfCounts } = this.weights;
    for (let node = 1; node < this.trie.size; node++) {
      if (selfCounts[node] !== 0) out.push(node, 0, selfBytes[node]!, selfCounts[node]!);
    }
  }

  advance(from: Cursors, at: number, out: Cursors): Float64Array {
    const node = from.nodes[at]!;
    const [bytes, count] = [from.bytes[at]!, from.counts[at]!];
    const line = from.lines[at]! + 1;
    const caller = this.trie.parentOf(node);
    const isInlined = line < this.lines.countOf(this.trie.frameOf(node));
    const isOutermost = !isInlined && caller === 0;
    this.ended[0] = isOutermost ? bytes : 0;
    this.ended[1] = isOutermost ? count : 0;
    if (isInlined) out.push(node, line, bytes, count);
    else if (!isOutermost) out.push(caller, 0, bytes, count);
    return this.ended;
  }
}
