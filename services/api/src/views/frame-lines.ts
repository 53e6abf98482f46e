import type { Entry, FrameTable } from "../stacks/frame-table.js";

/** The lines that frames are shown as, by number: what a fold of a million nodes looks at. */
export class FrameLines {
  private readonly starts: Int32Array;
  private readonly labels: number[] = [];
  readonly labelCount: number;

  constructor(private readonly frames: FrameTable) {
    this.starts = new Int32Array(frames.size + 1);
    for (let frame = 0; frame < frames.size; frame++) {
      for (const { label } of frames.entriesOf(frame)) this.labels.push(label);
      this.starts[frame + 1] = this.labels.length;
    }
    this.labelCount = frames.labelCount;
  }

  /** At least 1. */
  countOf(frame: number): number {
    return this.starts[frame + 1]! - this.starts[frame]!;
  }

  labelOf(frame: number, line: number): number {
    return this.labels[this.starts[frame]! + line]!;
  }

  entryOf(frame: number, line: number): Entry {
    return this.frames.entriesOf(frame)[line]!;
  }
}
