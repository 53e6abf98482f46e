import type { Filter, Instant, Timeline } from "@heaphound/query";
import {
  compileMarkers,
  compileModeChanges,
  compileTimelineBlocks,
  compileTimelineMarks,
  compileTimelineRows,
  compileTimelineScale,
  compileTimelineSpans,
  hasTimelineBase,
  type ProcessScope,
  type TimelineQuestion as Compiled,
} from "@heaphound/query/server";
import type { Database } from "../database/database.js";
import type { ProcessFinder } from "../processes/process-finder.js";
import { scopeOf, windowOf } from "./question-window.js";
import { TimelineSeries, type BlockInterval, type BlockSpan, type Mark, type RowInterval } from "./timeline-series.js";

export interface TimelineQuestion {
  from?: Instant | undefined;
  to?: Instant | undefined;
  points: number;
  filter: Filter;
}

/** From this many blocks per point on, the totals of blocks are as good as single rows. */
const BLOCKS_PER_POINT = 2;
/** Beyond this many events in the window reading single rows would be felt, and blocks are short. */
const MAX_EVENTS = 2_000_000;

interface ModeChangeRow {
  at: number;
  from_mode: string;
  to_mode: string;
  reason: string;
  sample_bytes: number;
}

interface MarkerRow {
  at: number;
  number: number;
  label: string;
}

interface Scale {
  blocks: number;
  events: number;
  before: number;
  live_before: number;
  count_before: number;
  first_id: number;
  end_id: number;
  last_block: number;
}

/** Live bytes, rates and memory over time. */
export class TimelineService {
  constructor(
    private readonly database: Database,
    private readonly finder: ProcessFinder,
  ) {}

  async timeline(reference: string, question: TimelineQuestion): Promise<Timeline> {
    const process = await this.finder.find(reference);
    const scope = scopeOf(process);
    const { fromNs = 0, toNs = process.durationNs } = windowOf("allocated", question, scope);
    const series = new TimelineSeries(fromNs, Math.max(fromNs + 1, toNs), question.points);
    const compiled: Compiled = {
      scope,
      fromNs: scope.startedNs + BigInt(series.fromNs),
      toNs: scope.startedNs + BigInt(series.toNs),
      stepNs: BigInt(series.stepNs),
      filter: question.filter,
    };
    await this.fill(series, compiled);
    return {
      revision: process.revision,
      ...series.finish(),
      ...(scope.isSampled && { liveBytesDeviation: series.deviations() }),
      ...(await this.notes(scope)),
    };
  }

  private async notes(scope: ProcessScope): Promise<Pick<Timeline, "modeChanges" | "markers">> {
    const [changes, markers] = await Promise.all([
      this.database.rows<ModeChangeRow>("mode-changes", compileModeChanges(scope)),
      this.database.rows<MarkerRow>("markers", compileMarkers(scope)),
    ]);
    return {
      modeChanges: changes.map(({ at, from_mode, to_mode, reason, sample_bytes }) => ({
        timeNs: at,
        from: from_mode,
        to: to_mode,
        why: reason,
        sampleBytes: sample_bytes,
      })),
      markers: markers.map(({ at, number, label }) => ({ timeNs: at, number, label })),
    };
  }

  private async fill(series: TimelineSeries, question: Compiled): Promise<void> {
    if (!hasTimelineBase(question.filter)) {
      const [rows, marks] = await Promise.all([this.rows(question), this.marks(question)]);
      series.addRows(rows);
      series.addMemory(marks);
      return;
    }
    const [scale] = await this.database.rows<Scale>("timeline-scale", compileTimelineScale(question));
    if (!scale) return;
    series.startAt(scale.live_before, scale.count_before);
    if (scale.blocks >= BLOCKS_PER_POINT * series.length) {
      series.addBlocks(await this.database.rows<BlockInterval>("timeline-blocks", compileTimelineBlocks(question)));
    } else if (scale.blocks > 0) {
      await this.fillFinely(series, question, scale);
    }
  }

  /** There are fewer blocks than points: their events say more, as long as they are not too many. */
  private async fillFinely(series: TimelineSeries, question: Compiled, scale: Scale): Promise<void> {
    const marks = this.marks(question);
    // Rows of a partial recording are older than the blocks that bring them: sums cannot go on from a block's totals.
    if (scale.events > MAX_EVENTS || question.scope.isPartial) {
      series.addSpans(await this.database.rows<BlockSpan>("timeline-spans", compileTimelineSpans(question)));
    } else {
      series.addRows(await this.rows(question, scale));
    }
    series.addMemory(await marks);
    series.addPeaks(await marks);
  }

  private rows(question: Compiled, scale?: Scale): Promise<RowInterval[]> {
    const base = scale && {
      afterBlock: scale.before,
      lastBlock: scale.last_block,
      firstId: String(scale.first_id),
      endId: String(scale.end_id),
    };
    return this.database.rows<RowInterval>("timeline-rows", compileTimelineRows(question, base));
  }

  private marks(question: Compiled): Promise<Mark[]> {
    return this.database.rows<Mark>("timeline-marks", compileTimelineMarks(question));
  }
}
