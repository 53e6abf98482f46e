import type { ProcessStacks } from "../../stacks/process-stacks.js";
import { PairTable } from "../../stacks/pair-table.js";
import type { TextBuffer } from "./text-buffer.js";

/**
 * Writes the definitions that a heaptrack file needs, each before its first use: strings (`s`), instruction pointers
 * (`i`), nodes of the call tree (`t`). They count from 1; 0 = none.
 */
export class TraceDefinitions {
  private readonly strings = new Map<string, number>();
  private readonly pointers: number[] = [];
  private readonly placeholders = new Map<string, number>();
  private pointerCount = 0;
  private readonly nodes = new PairTable();
  private readonly traces: number[] = [];

  constructor(
    private readonly stacks: ProcessStacks,
    private readonly out: TextBuffer,
  ) {}

  /** Index of the trace of a stack; defines what is new of it. */
  traceOf(stack: number): number {
    return (this.traces[stack] ??= this.defineTrace(stack));
  }

  private defineTrace(stack: number): number {
    const frames = this.stacks.framesOf(stack);
    if (frames.length === 0) return this.nodeOf(0, this.placeholderOf(stack));
    let node = 0;
    for (let i = frames.length - 1; i >= 0; i--) node = this.nodeOf(node, this.pointerOf(frames[i]!));
    return node;
  }

  private nodeOf(parent: number, pointer: number): number {
    const known = this.nodes.size;
    const node = this.nodes.add(parent, pointer) + 1;
    if (node > known) this.out.numbers("t", pointer, parent);
    return node;
  }

  private pointerOf(frame: number): number {
    return (this.pointers[frame] ??= this.definePointer(frame));
  }

  /** `i ADDRESS MODULE FUNCTION FILE LINE [FUNCTION FILE LINE]...`: the innermost inlined function first. */
  private definePointer(frame: number): number {
    const { frames } = this.stacks;
    const place = frames.placeOf(frame);
    const fields = [place.offset.toString(16), this.hexOf(place.modulePath)];
    for (const entry of frames.entriesOf(frame)) {
      const [name, file] = [frames.strings.at(entry.name), frames.strings.at(entry.file)];
      fields.push(this.hexOf(name), this.hexOf(file), entry.line.toString(16));
    }
    this.out.line(`i ${fields.join(" ")}`);
    return ++this.pointerCount;
  }

  /** A pointer that stands for a stack without frames, so that readers show why. */
  private placeholderOf(stack: number): number {
    const text = this.stacks.displayOf(stack)[0]?.function ?? "";
    let pointer = this.placeholders.get(text);
    if (pointer === undefined) {
      this.out.line(`i 0 0 ${this.hexOf(text)}`);
      pointer = ++this.pointerCount;
      this.placeholders.set(text, pointer);
    }
    return pointer;
  }

  private hexOf(text: string): string {
    return this.stringOf(text).toString(16);
  }

  /** Strings are defined once: readers recognise `main` and others by their first appearance only. */
  private stringOf(text: string): number {
    if (text === "") return 0;
    let index = this.strings.get(text);
    if (index === undefined) {
      index = this.strings.size + 1;
      this.strings.set(text, index);
      const line = text.replace(/[\r\n]/g, " ");
      this.out.line(`s ${Buffer.byteLength(line).toString(16)} ${line}`);
    }
    return index;
  }
}
