import type { Frame } from "@heaphound/query";
import { FrameTable, type Entry } from "./frame-table.js";

/** Stacks of one process: frame numbers, innermost first, one after the other in a pool. */
export class ProcessStacks {
  readonly frames = new FrameTable();
  private pool = new Int32Array(1 << 12);
  private used = 0;
  private starts = new Int32Array(1 << 10).fill(-1);
  private lengths = new Int32Array(1 << 10);
  private ids: (string | undefined)[] = [];
  /** Highest number that has been loaded: numbers ascend, what is new comes after. */
  newest = 0;
  count = 0;
  maxDepth = 0;

  get byteLength(): number {
    return this.pool.byteLength + this.starts.byteLength * 2 + this.count * 60 + this.frames.byteLength;
  }

  has(stack: number): boolean {
    return stack === 0 || (this.starts[stack] ?? -1) >= 0;
  }

  /** Begins a stack; its frames follow by `push`. */
  begin(stack: number, stackId: string, depth: number): void {
    this.reserve(stack, depth);
    this.starts[stack] = this.used;
    this.lengths[stack] = depth;
    this.ids[stack] = stackId;
    this.newest = Math.max(this.newest, stack);
    this.maxDepth = Math.max(this.maxDepth, depth);
    this.count++;
  }

  push(frame: number): void {
    this.pool[this.used++] = frame;
  }

  stackIdOf(stack: number): string {
    return this.ids[stack] ?? "";
  }

  /** Frame numbers, innermost first; empty for stack 0 and for stacks that are not stored (yet). */
  framesOf(stack: number): Int32Array {
    const start = this.starts[stack] ?? -1;
    return start < 0 ? EMPTY : this.pool.subarray(start, start + this.lengths[stack]!);
  }

  /** What a stack is shown as, innermost first, inlined functions before what they are inlined into. */
  entriesOf(stack: number): Entry[] {
    const frames = this.framesOf(stack);
    if (frames.length === 0) return [this.placeholder(stack)];
    const entries: Entry[] = [];
    for (const frame of frames) entries.push(...this.frames.entriesOf(frame));
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

  private placeholder(stack: number): Entry {
    const name = this.frames.strings.add(stack === 0 ? "[no stack]" : "[stack not stored yet]");
    return { name, module: 0, file: 0, line: 0, inlined: 0, offset: 0 };
  }

  private reserve(stack: number, depth: number): void {
    if (stack >= this.starts.length) {
      const size = Math.max(stack + 1, this.starts.length * 2);
      const starts = new Int32Array(size).fill(-1);
      starts.set(this.starts);
      const lengths = new Int32Array(size);
      lengths.set(this.lengths);
      [this.starts, this.lengths] = [starts, lengths];
    }
    if (this.used + depth <= this.pool.length) return;
    const pool = new Int32Array(Math.max(this.used + depth, this.pool.length * 2));
    pool.set(this.pool);
    this.pool = pool;
  }
}

const EMPTY = new Int32Array(0);
