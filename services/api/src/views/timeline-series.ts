import type { Timeline } from "@heaphound/query";

export interface RowInterval {
  bucket: number;
  net_bytes: number;
  net_count: number;
  allocated: number;
  allocated_count: number;
  freed_count: number;
}

export interface BlockInterval {
  bucket: number;
  live: number;
  live_count: number;
  peak: number;
  allocated: number;
  allocated_count: number;
  freed_count: number;
  resident: number;
  anonymous: number;
  memory_limit: number;
  live_deviation: number;
}

export interface Mark {
  peak_bucket: number;
  peak: number;
  sample_bucket: number;
  resident: number;
  anonymous: number;
  memory_limit: number;
}

/** A wire block; times are relative to the beginning of the window. */
export interface BlockSpan {
  start: number;
  end: number;
  live: number;
  live_count: number;
  allocated: number;
  allocated_count: number;
  freed_count: number;
  live_deviation: number;
}

/** The series of a timeline while they are filled: live figures by interval, carried on where nothing happened. */
export class TimelineSeries {
  readonly stepNs: number;
  readonly length: number;
  private liveBefore = 0;
  private countBefore = 0;
  private readonly netBytes: Float64Array;
  private readonly netCount: Float64Array;
  /** Live figures known as such, not as changes. NaN = not known. */
  private readonly live: Float64Array;
  private readonly liveCount: Float64Array;
  private readonly peak: Float64Array;
  private readonly allocated: Float64Array;
  private readonly allocations: Float64Array;
  private readonly frees: Float64Array;
  private readonly resident: (number | null)[];
  private readonly anonymous: (number | null)[];
  private readonly limit: (number | null)[];
  /** NaN = not known, as before. */
  private readonly deviation: Float64Array;

  constructor(
    readonly fromNs: number,
    readonly toNs: number,
    points: number,
  ) {
    this.stepNs = Math.max(1, Math.ceil((toNs - fromNs) / points));
    this.length = Math.ceil((toNs - fromNs) / this.stepNs);
    const zeros = (): Float64Array => new Float64Array(this.length);
    [this.netBytes, this.netCount] = [zeros(), zeros()];
    [this.live, this.liveCount] = [zeros().fill(NaN), zeros().fill(NaN)];
    this.peak = zeros().fill(-Infinity);
    [this.allocated, this.allocations, this.frees] = [zeros(), zeros(), zeros()];
    this.resident = new Array<number | null>(this.length).fill(null);
    this.anonymous = new Array<number | null>(this.length).fill(null);
    this.limit = new Array<number | null>(this.length).fill(null);
    this.deviation = zeros().fill(NaN);
  }

  /** The state before the window. */
  startAt(liveBytes: number, liveAllocations: number): void {
    this.liveBefore = liveBytes;
    this.countBefore = liveAllocations;
  }

  addRows(rows: readonly RowInterval[]): void {
    for (const row of rows) {
      if (row.bucket < 0) {
        this.liveBefore += row.net_bytes;
        this.countBefore += row.net_count;
        continue;
      }
      this.netBytes[row.bucket]! += row.net_bytes;
      this.netCount[row.bucket]! += row.net_count;
      this.addRates(row);
    }
  }

  addBlocks(rows: readonly BlockInterval[]): void {
    for (const row of rows) {
      this.live[row.bucket] = row.live;
      this.liveCount[row.bucket] = row.live_count;
      this.peak[row.bucket] = row.peak;
      this.deviation[row.bucket] = row.live_deviation;
      this.addRates(row);
      this.sample(row.bucket, row);
    }
  }

  /**
   * Blocks wider than an interval: what they did is spread evenly over their time, and live figures run straight from one
   * block's end to the next one's.
   */
  addSpans(spans: readonly BlockSpan[]): void {
    let [live, count] = [this.liveBefore, this.countBefore];
    let bucket = 0;
    for (const span of spans) {
      const width = Math.max(1, span.end - span.start);
      for (; bucket < this.length && this.offsetOfEnd(bucket) < span.end; bucket++) {
        const share = Math.max(0, (this.offsetOfEnd(bucket) - span.start) / width);
        this.live[bucket] = Math.round(live + (span.live - live) * share);
        this.liveCount[bucket] = Math.round(count + (span.live_count - count) * share);
        this.deviation[bucket] = span.live_deviation;
      }
      [live, count] = [span.live, span.live_count];
      if (bucket < this.length) {
        [this.live[bucket], this.liveCount[bucket]] = [live, count];
        this.deviation[bucket] = span.live_deviation;
      }
      this.spread(span, width);
    }
  }

  private spread(span: BlockSpan, width: number): void {
    const last = Math.min(this.length - 1, Math.floor(span.end / this.stepNs));
    for (let bucket = Math.max(0, Math.floor(span.start / this.stepNs)); bucket <= last; bucket++) {
      const begin = Math.max(span.start, bucket * this.stepNs);
      const share = Math.max(0, Math.min(span.start + width, this.offsetOfEnd(bucket)) - begin) / width;
      this.allocated[bucket]! += span.allocated * share;
      this.allocations[bucket]! += span.allocated_count * share;
      this.frees[bucket]! += span.freed_count * share;
    }
  }

  private offsetOfEnd(bucket: number): number {
    return this.endOf(bucket) - this.fromNs;
  }

  addMemory(marks: readonly Mark[]): void {
    for (const mark of marks) this.sample(mark.sample_bucket, mark);
  }

  addPeaks(marks: readonly Mark[]): void {
    for (const { peak_bucket, peak } of marks) {
      if (peak_bucket >= 0) this.peak[peak_bucket] = Math.max(this.peak[peak_bucket]!, peak);
    }
  }

  /** Standard deviations of the live bytes, as far as blocks said. */
  deviations(): number[] {
    return carried(0, new Float64Array(this.length), this.deviation);
  }

  finish(): Omit<Timeline, "revision"> {
    const perSecond = (sums: Float64Array): number[] => Array.from(sums, (sum, i) => (sum * 1e9) / this.widthOf(i));
    const { liveBytes, peakLiveBytes } = this.carryOn();
    return {
      fromNs: this.fromNs,
      toNs: this.toNs,
      timeNs: Array.from({ length: this.length }, (_, i) => this.endOf(i)),
      liveBytes,
      liveAllocations: carried(this.countBefore, this.netCount, this.liveCount),
      peakLiveBytes,
      allocatedBytesPerSecond: perSecond(this.allocated),
      allocationsPerSecond: perSecond(this.allocations),
      freesPerSecond: perSecond(this.frees),
      residentBytes: this.resident,
      limitBytes: this.limit,
      anonymousBytes: this.anonymous,
    };
  }

  private carryOn(): { liveBytes: number[]; peakLiveBytes: number[] } {
    const liveBytes = carried(this.liveBefore, this.netBytes, this.live);
    const peakLiveBytes = liveBytes.map((end, i) =>
      Math.max(end, i === 0 ? this.liveBefore : liveBytes[i - 1]!, this.peak[i]!),
    );
    return { liveBytes, peakLiveBytes };
  }

  private endOf(index: number): number {
    return Math.min(this.toNs, this.fromNs + (index + 1) * this.stepNs);
  }

  private widthOf(index: number): number {
    return this.endOf(index) - (this.fromNs + index * this.stepNs);
  }

  private addRates(row: { bucket: number; allocated: number; allocated_count: number; freed_count: number }): void {
    this.allocated[row.bucket]! += row.allocated;
    this.allocations[row.bucket]! += row.allocated_count;
    this.frees[row.bucket]! += row.freed_count;
  }

  private sample(bucket: number, memory: Pick<Mark, "resident" | "anonymous" | "memory_limit">): void {
    if (bucket < 0 || memory.resident === 0) return;
    this.resident[bucket] = memory.resident;
    this.anonymous[bucket] = memory.anonymous;
    this.limit[bucket] = memory.memory_limit === 0 ? null : memory.memory_limit;
  }
}

function carried(before: number, net: Float64Array, known: Float64Array): number[] {
  let value = before;
  return Array.from(net, (change, i) => (value = Number.isNaN(known[i]) ? value + change : known[i]!));
}
