import {
  isEverything,
  print,
  type Filter,
  type FleetBy,
  type FleetEvents,
  type FleetGroups,
  type FleetSeries,
  type FleetTimeline,
  type FleetValues,
} from "@heaphound/query";
import {
  compileFleetEvents,
  compileFleetGroups,
  compileFleetTimeline,
  compileFleetValues,
  type FleetEventKind,
  type FleetSort,
  type ValueField,
} from "@heaphound/query/server";
import type { Database } from "../database/database.js";
import { currentRequest } from "../http/request-context.js";
import { formatBytes, formatCount, plural } from "../views/format.js";
import { labelsOf, limitOf, NO_LABELS, NOUNS, toEvent, toGroup, type EventRow, type GroupRow } from "./fleet-rows.js";
import { SeriesBuilder, type StepRow } from "./fleet-series.js";
import type { TimeRange } from "./time-range.js";

interface FleetQuestion extends TimeRange {
  filter: Filter;
}

export interface GroupsQuestion extends FleetQuestion {
  by: FleetBy;
  sort: FleetSort;
  limit: number;
}

export interface TimelineQuestion extends GroupsQuestion {
  points: number;
}

/** Grids finer than this would show the sender's rhythm, not the program's. */
const MIN_STEP_NS = 1_000_000_000n;

/** Many processes at once: by namespace, workload, pod, container or one by one, over a range of the clock. */
export class FleetService {
  constructor(private readonly database: Database) {}

  async groups(question: GroupsQuestion): Promise<FleetGroups> {
    const rows = await this.groupRows(question);
    const groups = rows.map((row) => toGroup(row, secondsOf(question)));
    const total = rows[0]?.total ?? 0;
    return { sentence: sentence(question, rows, total), by: question.by, ...rangeOf(question), total, groups };
  }

  async timeline(question: TimelineQuestion): Promise<FleetTimeline> {
    const { fromNs, toNs, points, by, filter } = question;
    const stepNs = stepOf(question, points);
    const length = Number((toNs - fromNs + stepNs - 1n) / stepNs);
    const groups = await this.groupRows(question);
    const keys = groups.map(({ group_key }) => group_key);
    const compiled = compileFleetTimeline({ fromNs, toNs, stepNs, by, filter, groups: keys, ...seen() });
    const rows = await this.database.rows<StepRow>("fleet-timeline", compiled);
    const builders = new Map<number, SeriesBuilder>();
    for (const row of rows) {
      const builder = builders.get(row.series) ?? new SeriesBuilder(length, Number(stepNs) / 1e9);
      builders.set(row.series, builder);
      builder.add(row);
    }
    const series = [...groups.keys(), -1].flatMap((index): FleetSeries[] => {
      const columns = builders.get(index + 1)?.finish();
      const group = groups[index];
      if (!columns) return [];
      const labels = group ? labelsOf(group) : NO_LABELS;
      return [{ ...labels, isRest: !group, limitBytes: group ? limitOf(group) : null, ...columns }];
    });
    const timeUnixMs = Array.from({ length }, (_, i) => Number((fromNs + BigInt(i + 1) * stepNs) / 1_000_000n));
    return { by, ...rangeOf(question), timeUnixMs, series };
  }

  async values(field: ValueField, question: FleetQuestion & { limit: number }): Promise<FleetValues> {
    const compiled = compileFleetValues({ field, ...question, ...seen() });
    const rows = await this.database.rows<{ value: string }>("fleet-values", compiled);
    return { field, values: rows.map(({ value }) => value) };
  }

  async events(question: FleetQuestion & { kinds: readonly FleetEventKind[]; limit: number }): Promise<FleetEvents> {
    const rows = await this.database.rows<EventRow>("fleet-events", compileFleetEvents({ ...question, ...seen() }));
    return { events: rows.map(toEvent) };
  }

  private groupRows({ by, filter, fromNs, toNs, sort, limit }: GroupsQuestion): Promise<GroupRow[]> {
    return this.database.rows<GroupRow>(
      "fleet-groups",
      compileFleetGroups({ by, filter, fromNs, toNs, sort, limit, ...seen() }),
    );
  }
}

/** What the reader may see. */
function seen(): { namespaces: readonly string[] | undefined } {
  return { namespaces: currentRequest()?.namespaces };
}

/** Whole seconds, so that neighbouring ranges share their grid. */
function stepOf({ fromNs, toNs }: TimeRange, points: number): bigint {
  const wanted = (toNs - fromNs) / BigInt(points);
  const seconds = (wanted + MIN_STEP_NS - 1n) / MIN_STEP_NS;
  return (seconds > 0n ? seconds : 1n) * MIN_STEP_NS;
}

function secondsOf({ fromNs, toNs }: TimeRange): number {
  return Number(toNs - fromNs) / 1e9;
}

function rangeOf({ fromNs, toNs }: TimeRange): { fromUnixNs: string; toUnixNs: string } {
  return { fromUnixNs: String(fromNs), toUnixNs: String(toNs) };
}

function sentence({ by, filter }: GroupsQuestion, rows: readonly GroupRow[], total: number): string {
  const add = (figure: (row: GroupRow) => number): number => rows.reduce((sum, row) => sum + figure(row), 0);
  const live = formatBytes(add((row) => row.live_bytes));
  const processes = `${formatCount(add((row) => row.running))} running of ${formatCount(add((row) => row.processes))} recorded processes`;
  const groups = plural(total, NOUNS[by]);
  const shown = rows.length < total ? `the first ${rows.length} of ${groups}` : groups;
  const where = isEverything(filter) ? "" : `, where ${print(filter)}`;
  return `${live} live in ${processes}, in ${shown}${where}`;
}
