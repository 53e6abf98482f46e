import type { FleetSeries } from "@heaphound/query";

/** A row of compileFleetTimeline: changes of state, and sums, of one series in one interval. */
export interface StepRow {
  series: number;
  interval: number;
  live_step: number;
  live_count_step: number;
  resident_step: number;
  processes_step: number;
  allocated_bytes: number;
  allocations: number;
}

type Columns = Omit<
  FleetSeries,
  "isRest" | "limitBytes" | "namespace" | "workload" | "pod" | "container" | "process" | "name"
>;

/** One line: adds up changes of state into the state at the end of each interval. */
export class SeriesBuilder {
  private readonly columns: Columns;

  constructor(
    private readonly length: number,
    private readonly stepSeconds: number,
  ) {
    const zeros = (): number[] => new Array<number>(length).fill(0);
    this.columns = {
      liveBytes: zeros(),
      liveAllocations: zeros(),
      residentBytes: zeros(),
      allocatedBytesPerSecond: zeros(),
      allocationsPerSecond: zeros(),
      processes: zeros(),
    };
  }

  /** What was before the range (-1) is where the first interval begins. */
  add(row: StepRow): void {
    if (row.interval >= this.length) return;
    const at = Math.max(0, row.interval);
    const { columns } = this;
    columns.liveBytes[at]! += row.live_step;
    columns.liveAllocations[at]! += row.live_count_step;
    columns.residentBytes[at]! += row.resident_step;
    columns.processes[at]! += row.processes_step;
    if (row.interval < 0) return;
    columns.allocatedBytesPerSecond[at]! += row.allocated_bytes / this.stepSeconds;
    columns.allocationsPerSecond[at]! += row.allocations / this.stepSeconds;
  }

  finish(): Columns {
    const { liveBytes, liveAllocations, residentBytes, processes } = this.columns;
    for (const states of [liveBytes, liveAllocations, residentBytes, processes])
      for (let i = 1; i < this.length; i++) states[i]! += states[i - 1]!;
    return this.columns;
  }
}
