import { EVENT_BYTES, EVENT_IS_FREE, EVENT_OF_FIRST } from "@heaphound/query/server";
import type { ProcessStacks } from "../../stacks/process-stacks.js";
import { PairTable } from "../../stacks/pair-table.js";
import { TextBuffer } from "./text-buffer.js";
import { TraceDefinitions } from "./traces.js";

export interface MemorySample {
  ms: number;
  residentBytes: number;
}

export interface HeaptrackHeader {
  command: string;
  pageBytes: number;
  /** What the process may use, for "total system memory"; 0 = unknown. */
  memoryBytes: number;
  /** In order of time. */
  samples: readonly MemorySample[];
}

/** Readers draw 500 points: a finer clock buys nothing. */
const CLOCK_MS = 10;
const PLUS = 0x2b;
const MINUS = 0x2d;

/**
 * Turns events in global order into an interpreted heaptrack file, format 3.
 *
 * Readers store "no previous allocation" as index 0, so that each `- 0` after another `-` would count as temporary. Index 0
 * therefore belongs to the first allocation alone; later ones of equal size and trace get an index of their own.
 */
export class HeaptrackWriter {
  readonly out = new TextBuffer();
  private readonly definitions: TraceDefinitions;
  /** (size, trace) pairs; number n is allocation info n + 1. */
  private readonly infos = new PairTable();
  /** Blocks of each info that are live: what has none left cannot be freed, readers crash on that. */
  private live = new Int32Array(1024);
  /** Deallocations left out because their allocation is not in the file. */
  droppedFrees = 0;
  private clockMs = -1;
  private nextSample = 0;
  private hasFirst = false;
  private isAfterAllocation = false;

  constructor(
    private readonly header: HeaptrackHeader,
    stacks: ProcessStacks,
  ) {
    this.definitions = new TraceDefinitions(stacks, this.out);
    this.out.line("v 10400 3");
    this.out.line(`X ${header.command.replace(/[\r\n]/g, " ")}`);
    this.out.numbers("I", header.pageBytes, Math.floor(header.memoryBytes / header.pageBytes));
  }

  /** Rows of `compileEvents`. */
  events(rows: Buffer): void {
    for (let at = 0; at < rows.length; at += EVENT_BYTES) {
      const size = rows.readUInt32LE(at + 4) + rows.readUInt32LE(at + 8) * 2 ** 32;
      this.tick(rows.readUInt32LE(at));
      const trace = this.definitions.traceOf(rows.readUInt32LE(at + 12));
      const flags = rows[at + 16]!;
      if ((flags & EVENT_IS_FREE) === 0) this.allocate(size, trace, flags);
      else this.free(size, trace, flags);
    }
  }

  /** The last time stamp: readers take it for the length of the run. */
  end(durationMs: number): void {
    if (durationMs > this.clockMs) this.stamp(durationMs);
  }

  private allocate(size: number, trace: number, flags: number): void {
    if ((flags & EVENT_OF_FIRST) !== 0 && !this.hasFirst) this.allocateFirst(size, trace);
    else {
      const info = this.infoOf(size, trace);
      this.live[info]!++;
      this.out.event(PLUS, info + 1);
    }
    this.isAfterAllocation = true;
  }

  private allocateFirst(size: number, trace: number): void {
    this.hasFirst = true;
    this.out.numbers("a", size, trace);
    this.out.event(PLUS, 0);
  }

  private free(size: number, trace: number, flags: number): void {
    const index =
      (flags & EVENT_OF_FIRST) !== 0 && this.hasFirst ? this.freeFirst(size, trace) : this.freeOther(size, trace);
    if (index < 0) {
      this.droppedFrees++;
      return;
    }
    this.out.event(MINUS, index);
    this.isAfterAllocation = false;
  }

  /** After another free, an equal info is written instead of 0 if there is one: it means the same and is not miscounted. */
  private freeFirst(size: number, trace: number): number {
    return this.isAfterAllocation ? 0 : this.infos.get(size, trace) + 1;
  }

  private freeOther(size: number, trace: number): number {
    const info = this.infos.get(size, trace);
    if (info < 0 || !this.live[info]) return -1;
    this.live[info]--;
    return info + 1;
  }

  private infoOf(size: number, trace: number): number {
    const known = this.infos.size;
    const info = this.infos.add(size, trace);
    if (info < known) return info;
    this.out.numbers("a", size, trace);
    if (info >= this.live.length) {
      const live = new Int32Array(this.live.length * 2);
      live.set(this.live);
      this.live = live;
    }
    return info;
  }

  private tick(ms: number): void {
    if (this.clockMs < 0 ? ms > 0 : ms >= this.clockMs + CLOCK_MS) this.stamp(ms);
  }

  private stamp(ms: number): void {
    this.clockMs = ms;
    this.out.numbers("c", ms);
    const { samples, pageBytes } = this.header;
    let resident = 0;
    for (; this.nextSample < samples.length && samples[this.nextSample]!.ms <= ms; this.nextSample++) {
      resident = Math.max(resident, samples[this.nextSample]!.residentBytes);
    }
    if (resident > 0) this.out.numbers("R", Math.ceil(resident / pageBytes));
  }
}
