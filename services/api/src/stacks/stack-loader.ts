import type { Database } from "../database/database.js";
import { RowBinaryReader } from "../database/row-binary-reader.js";
import type { FrameTable } from "./frame-table.js";
import { ProcessStacks } from "./process-stacks.js";
import { MAX_LIST, placesQuery, stacksQuery, symbolsQuery } from "./stack-queries.js";

/** Fills the stacks of one process from the database; what is known already is not asked again. */
export class StackLoader {
  readonly stacks = new ProcessStacks();

  constructor(
    private readonly database: Database,
    private readonly process: string,
  ) {}

  /** Loads stacks with higher numbers than those known, then those of `wanted` that are still missing. */
  async loadStacks(wanted: Iterable<number>): Promise<void> {
    const framesBefore = this.stacks.frames.size;
    const missing = this.missing(wanted);
    if (missing.some((stack) => stack > this.stacks.newest)) await this.readStacks({ above: this.stacks.newest });
    const listed = this.missing(missing).slice(0, MAX_LIST);
    if (listed.length > 0) await this.readStacks({ listed });
    if (this.stacks.frames.size > framesBefore) await this.describeFrames();
  }

  /** Looks again for what the ingester may have found out since. */
  async refreshSymbols(): Promise<void> {
    const { frames } = this.stacks;
    if (framesWithout((frame) => frames.hasSymbols(frame), frames).length > 0) await this.describeFrames();
  }

  private missing(wanted: Iterable<number>): number[] {
    return [...new Set(wanted)].filter((stack) => !this.stacks.has(stack));
  }

  private async readStacks(which: { above: number } | { listed: readonly number[] }): Promise<void> {
    const bytes = await this.database.binary("stacks", stacksQuery(this.process, which));
    let offset = 0;
    while (offset < bytes.length) offset = this.readStack(bytes, offset);
  }

  /** One row; by hand, since a process may have millions of frames. */
  private readStack(bytes: Buffer, start: number): number {
    let offset = start;
    const stack = bytes.readUInt32LE(offset);
    const id = bytes.toString("hex", offset + 4, offset + 20);
    offset += 20;
    let depth = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = bytes[offset++]!;
      depth += (byte & 0x7f) * shift;
      if (byte < 0x80) break;
    }
    if (this.stacks.has(stack)) return offset + 8 * depth;
    this.stacks.begin(stack, id, depth);
    for (let i = 0; i < depth; i++, offset += 8) {
      this.stacks.push(this.stacks.frames.numberOf(bytes.readUInt32LE(offset + 4), bytes.readUInt32LE(offset)));
    }
    return offset;
  }

  private async describeFrames(): Promise<void> {
    const { frames } = this.stacks;
    const placeless = framesWithout((frame) => frames.hasPlace(frame), frames);
    if (placeless.length > 0) await this.readPlaces(placeless.map((frame) => String(frames.hashOf(frame))));
    const nameless = framesWithout((frame) => frames.hasSymbols(frame), frames);
    if (nameless.length > 0) await this.readSymbols(nameless.map((frame) => String(frames.hashOf(frame))));
  }

  private async readPlaces(hashes: string[]): Promise<void> {
    const row = new RowBinaryReader(await this.database.binary("frames", placesQuery(this.process, hashes)));
    while (!row.isAtEnd) {
      const frame = this.frameOf(row.u64());
      this.stacks.frames.setPlace(frame, { offset: row.u64(), modulePath: row.text(), buildId: row.text() });
    }
  }

  private async readSymbols(hashes: string[]): Promise<void> {
    const row = new RowBinaryReader(await this.database.binary("symbols", symbolsQuery(this.process, hashes)));
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
