import type { ProcessStacks } from "../stacks/process-stacks.js";
import type { Entry } from "../stacks/frame-table.js";
import { PairTable } from "../stacks/pair-table.js";

/** What each stack holds: one figure per stack in each array. */
export interface StackSums {
  stacks: Uint32Array;
  bytes: Float64Array;
  counts: Float64Array;
}

/** A call tree as columns. Node 0 is the root; parents come before children. */
export class CallTree {
  parent = new Int32Array(1024);
  /** What the node shows; null for the root. */
  readonly entries: (Entry | null)[] = [null];
  totalBytes = new Float64Array(1024);
  totalCount = new Float64Array(1024);
  selfBytes = new Float64Array(1024);
  selfCount = new Float64Array(1024);
  private readonly children = new PairTable();
  private readonly labels = new PairTable();

  constructor() {
    this.parent[0] = -1;
  }

  get size(): number {
    return this.entries.length;
  }

  /** Adds a stack whose entries come in walking order, from the root's child to the leaf. */
  add(path: readonly Entry[], bytes: number, count: number): void {
    let node = 0;
    this.weigh(node, bytes, count);
    for (const entry of path) {
      node = this.childOf(node, entry);
      this.weigh(node, bytes, count);
    }
    this.selfBytes[node]! += bytes;
    this.selfCount[node]! += count;
  }

  private weigh(node: number, bytes: number, count: number): void {
    this.totalBytes[node]! += bytes;
    this.totalCount[node]! += count;
  }

  /** Calls of the same function from different lines are one node. */
  private childOf(parent: number, entry: Entry): number {
    const label = this.labels.add(entry.module * 2 + entry.inlined, entry.name);
    const node = this.children.add(parent, label) + 1;
    if (node === this.entries.length) this.append(parent, entry);
    return node;
  }

  private append(parent: number, entry: Entry): void {
    if (this.size === this.parent.length) this.grow();
    this.parent[this.size] = parent;
    this.entries.push(entry);
  }

  private grow(): void {
    const parent = new Int32Array(this.parent.length * 2);
    parent.set(this.parent);
    this.parent = parent;
    this.totalBytes = doubled(this.totalBytes);
    this.totalCount = doubled(this.totalCount);
    this.selfBytes = doubled(this.selfBytes);
    this.selfCount = doubled(this.selfCount);
  }
}

function doubled(array: Float64Array): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(array.length * 2);
  grown.set(array);
  return grown;
}

/** Merges stacks by function into a call tree: callers at the top, or (inverted) the allocating functions. */
export function buildTree(sums: StackSums, stacks: ProcessStacks, invert: boolean): CallTree {
  const tree = new CallTree();
  for (let i = 0; i < sums.stacks.length; i++) {
    const entries = stacks.entriesOf(sums.stacks[i]!);
    tree.add(invert ? entries : entries.reverse(), sums.bytes[i]!, sums.counts[i]!);
  }
  return tree;
}
