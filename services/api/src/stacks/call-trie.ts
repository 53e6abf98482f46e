import { PairTable } from "./pair-table.js";

/**
 * Call paths that share their callers, by node: a node is a frame and the node that called it. Node 0 is above all outermost
 * frames. Parents have lower numbers than their children, so one pass over the numbers adds up a tree.
 *
 *     main;load;parse    0 ── 1 main ── 2 load ── 3 parse
 *     main;load;read                       └───── 4 read
 */
export class CallTrie {
  private parents = new Int32Array(1024);
  private frames = new Int32Array(1024);
  private used = 1;
  /** (parent, frame) -> node, for paths that come frame by frame. */
  private readonly paths = new PairTable();
  private readonly nodeOfPath: number[] = [];

  constructor() {
    this.parents[0] = -1;
    this.frames[0] = -1;
  }

  get size(): number {
    return this.used;
  }

  get byteLength(): number {
    return this.parents.byteLength + this.frames.byteLength + this.paths.byteLength + this.nodeOfPath.length * 8;
  }

  parentOf(node: number): number {
    return this.parents[node]!;
  }

  frameOf(node: number): number {
    return this.frames[node]!;
  }

  /** Adds a node that is known to be new. */
  append(parent: number, frame: number): number {
    if (this.used === this.parents.length) this.grow();
    this.parents[this.used] = parent;
    this.frames[this.used] = frame;
    return this.used++;
  }

  /** The node below `parent` with this frame among those that came by this method. */
  child(parent: number, frame: number): number {
    const path = this.paths.add(parent, frame);
    return (this.nodeOfPath[path] ??= this.append(parent, frame));
  }

  /** Makes room at once for as many more nodes. */
  reserve(count: number): void {
    while (this.used + count > this.parents.length) this.grow();
  }

  private grow(): void {
    const parents = new Int32Array(this.parents.length * 2);
    const frames = new Int32Array(this.frames.length * 2);
    parents.set(this.parents);
    frames.set(this.frames);
    [this.parents, this.frames] = [parents, frames];
  }
}
