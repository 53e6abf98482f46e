import type { Frame } from "@heaphound/query";
import { CallTrie } from "./call-trie.js";
import { FrameTable, NO_STACK, NOT_STORED, type Entry } from "./frame-table.js";

const ID_BYTES = 16;
const EMPTY = new Int32Array(0);

/** Stacks of one process: each is a node of the call trie and the nodes above it. */
export class ProcessStacks {
  readonly frames = new FrameTable();
  readonly trie = new CallTrie();
  /** Node of each stack; -1 = not loaded. */
  private nodes = new Int32Array(1 << 10).fill(-1);
  private ids = Buffer.alloc(ID_BYTES << 10);
  private readonly noStack = this.trie.append(0, NO_STACK);
  private readonly notStored = this.trie.append(0, NOT_STORED);
  /** Highest number that has been loaded: numbers ascend, what is new comes after. */
  newest = 0;
  count = 0;

  get byteLength(): number {
    return this.trie.byteLength + this.nodes.byteLength + this.ids.byteLength + this.frames.byteLength;
  }

  has(stack: number): boolean {
    return stack === 0 || (this.nodes[stack] ?? -1) >= 0;
  }

  /** Adds a stack that ends at `node`; its id is 16 bytes of `source`. */
  add(stack: number, node: number, source: Buffer, at: number): void {
    this.reserve(stack);
    this.nodes[stack] = node;
    source.copy(this.ids, stack * ID_BYTES, at, at + ID_BYTES);
    this.newest = Math.max(this.newest, stack);
    this.count++;
  }

  stackIdOf(stack: number): string {
    return stack > 0 && this.has(stack) ? this.ids.toString("hex", stack * ID_BYTES, (stack + 1) * ID_BYTES) : "";
  }

  /** The innermost node; one of its own for stack 0, and for stacks that are not stored (yet). */
  nodeOf(stack: number): number {
    if (stack === 0) return this.noStack;
    const node = this.nodes[stack] ?? -1;
    if (node < 0) return this.notStored;
    return node === 0 ? this.noStack : node;
  }

  /** Frame numbers, innermost first; empty for stack 0 and for stacks that are not stored (yet). */
  framesOf(stack: number): Int32Array {
    const innermost = stack === 0 ? 0 : (this.nodes[stack] ?? 0);
    if (innermost <= 0) return EMPTY;
    const frames: number[] = [];
    for (let node = innermost; node > 0; node = this.trie.parentOf(node)) frames.push(this.trie.frameOf(node));
    return Int32Array.from(frames);
  }

  /** What a stack is shown as, innermost first, inlined functions before what they are inlined into. */
  entriesOf(stack: number): Entry[] {
    const entries: Entry[] = [];
    for (let node = this.nodeOf(stack); node > 0; node = this.trie.parentOf(node))
      entries.push(...this.frames.entriesOf(this.trie.frameOf(node)));
    return entries;
  }

  displayOf(stack: number): Frame[] {
    const { strings } = this.frames;
    return this.entriesOf(stack).map((entry) => ({
      function: strings.at(entry.name),
      module: strings.at(entry.module),
      file: strings.at(entry.file),
      line: entry.line,
      offset: strings.at(entry.offset),
      inlined: entry.inlined === 1,
    }));
  }

  private reserve(stack: number): void {
    if (stack < this.nodes.length) return;
    const size = Math.max(stack + 1, this.nodes.length * 2);
    const nodes = new Int32Array(size).fill(-1);
    nodes.set(this.nodes);
    const ids = Buffer.alloc(size * ID_BYTES);
    this.ids.copy(ids);
    [this.nodes, this.ids] = [nodes, ids];
  }
}
