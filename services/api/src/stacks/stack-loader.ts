import type { Database } from "../database/database.js";
import { RowBinaryReader } from "../database/row-binary-reader.js";
import type { FrameTable } from "./frame-table.js";
import { ProcessStacks } from "./process-stacks.js";
import {
  MAX_LIST,
  nodesQuery,
  placesQuery,
  stackFramesQuery,
  stackNodesQuery,
  symbolsQuery,
  type FrameChoice,
  type StackFrames,
} from "./stack-queries.js";

const NODE_ROW_BYTES = 16;
const STACK_ROW_BYTES = 26;

/** Fills the stacks of one process from the database; what is known already is not asked again. */
export class StackLoader {
  readonly stacks = new ProcessStacks();
  /** Node of the trie by its number in the database; 0 where there is none. */
  private nodes = new Int32Array(1024);
  private newestNode = 0;
  private hasStacksWithoutNodes = false;

  constructor(
    private readonly database: Database,
    private readonly process: string,
  ) {}

  /** Loads what is new since the last time. */
  async loadNew(): Promise<void> {
    const framesBefore = this.stacks.frames.size;
    const { newest } = this.stacks;
    const [nodes, stacks] = await Promise.all([
      this.database.binary("stack-nodes", nodesQuery(this.process, this.newestNode)),
      this.database.binary("stacks", stackNodesQuery(this.process, newest)),
    ]);
    this.addNodes(nodes);
    this.addStacks(stacks);
    if (this.hasStacksWithoutNodes) await this.readFrames({ storedWithoutNodes: true });
    if (this.stacks.frames.size > framesBefore) await this.describeFrames();
  }

  /** Loads stacks with higher numbers than those known, then those of `wanted` that are still missing. */
  async loadStacks(wanted: Iterable<number>): Promise<void> {
    const missing = this.missing(wanted);
    if (missing.some((stack) => stack > this.stacks.newest)) await this.loadNew();
    const listed = this.missing(missing).slice(0, MAX_LIST);
    if (listed.length === 0) return;
    const framesBefore = this.stacks.frames.size;
    await this.readFrames({ listed });
    if (this.stacks.frames.size > framesBefore) await this.describeFrames();
  }

  /** Looks again for what the ingester may have found out since. */
  async refreshSymbols(): Promise<void> {
    const { frames } = this.stacks;
    if (framesWithout((frame) => frames.hasSymbols(frame), frames).length > 0) await this.describeFrames();
  }

  private missing(wanted: Iterable<number>): number[] {
    const missing = new Set<number>();
    for (const stack of wanted) if (!this.stacks.has(stack)) missing.add(stack);
    return [...missing];
  }

  /** In ascending order, so that a parent is there before its children. A row may come twice. */
  private addNodes(bytes: Buffer): void {
    const { trie, frames } = this.stacks;
    const count = Math.floor(bytes.length / NODE_ROW_BYTES);
    if (count === 0) return;
    this.reserveNodes(bytes.readUInt32LE((count - 1) * NODE_ROW_BYTES) + 1);
    trie.reserve(count);
    for (let at = 0; at < count * NODE_ROW_BYTES; at += NODE_ROW_BYTES) {
      const node = bytes.readUInt32LE(at);
      if (node <= this.newestNode) continue;
      this.newestNode = node;
      const frame = frames.numberOf(bytes.readUInt32LE(at + 12), bytes.readUInt32LE(at + 8));
      this.nodes[node] = trie.append(this.nodes[bytes.readUInt32LE(at + 4)]!, frame);
    }
  }

  private addStacks(bytes: Buffer): void {
    for (let at = 0; at + STACK_ROW_BYTES <= bytes.length; at += STACK_ROW_BYTES) {
      const stack = bytes.readUInt32LE(at);
      const number = bytes.readUInt32LE(at + 4);
      if (this.stacks.has(stack)) continue;
      if (number === 0 && bytes.readUInt16LE(at + 8) > 0) {
        this.hasStacksWithoutNodes = true;
        continue;
      }
      const node = number === 0 ? 0 : (this.nodes[number] ?? 0);
      // A node that is not there yet: the stack is read frame by frame when somebody asks for it.
      if (node > 0 || number === 0) this.stacks.add(stack, node, bytes, at + 10);
    }
  }

  private reserveNodes(length: number): void {
    if (length <= this.nodes.length) return;
    const nodes = new Int32Array(Math.max(length, this.nodes.length * 2));
    nodes.set(this.nodes);
    this.nodes = nodes;
  }

  private async readFrames(which: StackFrames): Promise<void> {
    const bytes = await this.database.binary("stack-frames", stackFramesQuery(this.process, which));
    let offset = 0;
    while (offset < bytes.length) offset = this.readStack(bytes, offset);
  }

  /** One row; by hand, since a process may have millions of frames. */
  private readStack(bytes: Buffer, start: number): number {
    const { stacks } = this;
    const stack = bytes.readUInt32LE(start);
    let offset = start + 20;
    let depth = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[offset++]!;
      depth += (byte & 0x7f) * shift;
      if (byte < 0x80) break;
    }
    const end = offset + 8 * depth;
    if (stacks.has(stack)) return end;
    let node = 0;
    for (let at = end - 8; at >= offset; at -= 8) {
      node = stacks.trie.child(node, stacks.frames.numberOf(bytes.readUInt32LE(at + 4), bytes.readUInt32LE(at)));
    }
    stacks.add(stack, node, bytes, start + 4);
    return end;
  }

  private async describeFrames(): Promise<void> {
    const { frames } = this.stacks;
    const without = (has: (frame: number) => boolean): FrameChoice | undefined => {
      const missing = framesWithout(has, frames);
      if (missing.length === 0) return undefined;
      if (missing.length > MAX_LIST) return { allBy: this.hasStacksWithoutNodes ? "stacks" : "nodes" };
      return { listed: missing.map((frame) => String(frames.hashOf(frame))) };
    };
    const placeless = without((frame) => frames.hasPlace(frame));
    const nameless = without((frame) => frames.hasSymbols(frame));
    const [places, symbols] = await Promise.all([
      placeless && this.database.binary("frames", placesQuery(this.process, placeless)),
      nameless && this.database.binary("symbols", symbolsQuery(this.process, nameless)),
    ]);
    // A frame's name may be made of its place.
    if (places) this.readPlaces(places);
    if (symbols) this.readSymbols(symbols);
  }

  private readPlaces(bytes: Buffer): void {
    const row = new RowBinaryReader(bytes);
    while (!row.isAtEnd) {
      const frame = this.frameOf(row.u64());
      this.stacks.frames.setPlace(frame, { offset: row.u64(), modulePath: row.text(), buildId: row.text() });
    }
  }

  private readSymbols(bytes: Buffer): void {
    const row = new RowBinaryReader(bytes);
    while (!row.isAtEnd) {
      const frame = this.frameOf(row.u64());
      const version = row.u32();
      this.stacks.frames.setSymbols(frame, { version, functions: row.texts(), files: row.texts(), lines: row.u32s() });
    }
  }

  private frameOf(hash: bigint): number {
    return this.stacks.frames.numberOf(Number(hash >> 32n), Number(hash & 0xffff_ffffn));
  }
}

function framesWithout(has: (frame: number) => boolean, frames: FrameTable): number[] {
  const without: number[] = [];
  for (let frame = 0; frame < frames.size; frame++) if (!has(frame)) without.push(frame);
  return without;
}
