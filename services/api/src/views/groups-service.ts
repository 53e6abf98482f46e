import type { Filter, Groups, Instant, Measure, StackGroup } from "@heaphound/query";
import { compileGroups, type GroupSort } from "@heaphound/query/server";
import type { Database } from "../database/database.js";
import type { ProcessFinder } from "../processes/process-finder.js";
import type { ProcessStacks } from "../stacks/process-stacks.js";
import type { StackStore } from "../stacks/stack-store.js";
import { scopeOf, windowOf } from "./question-window.js";
import { sentence } from "./sentence.js";

export interface GroupsQuestion {
  measure: Measure;
  at?: Instant | undefined;
  from?: Instant | undefined;
  to?: Instant | undefined;
  filter: Filter;
  sort: GroupSort;
  order: "asc" | "desc";
  limit: number;
  offset: number;
}

type GroupRow = Omit<StackGroup, "stackId" | "frames"> & {
  bytesDeviation: number;
  totalBytesDeviation: number;
  totalStacks: number;
  totalBytes: number;
  totalCount: number;
};

/** Allocations grouped by stack, with statistics. */
export class GroupsService {
  constructor(
    private readonly database: Database,
    private readonly finder: ProcessFinder,
    private readonly stackStore: StackStore,
  ) {}

  async groups(reference: string, question: GroupsQuestion): Promise<Groups> {
    const process = await this.finder.find(reference);
    const scope = scopeOf(process);
    const { measure, filter } = question;
    const window = windowOf(measure, question, scope);
    const compiled = compileGroups({ ...question, scope, window: window.clock });
    const rows = await this.database.rows<GroupRow>("groups", compiled);
    const stacks = await this.stackStore.load(
      scope.process,
      rows.map(({ stack }) => stack),
    );
    const totals = rows[0] ?? (await this.totals(reference, question));
    return {
      revision: process.revision,
      measure,
      sentence: sentence({
        measure,
        process: process.pod || process.name,
        bytes: totals.totalBytes,
        count: totals.totalCount,
        stacks: totals.totalStacks,
        fromNs: window.fromNs,
        toNs: window.toNs,
        durationNs: process.durationNs,
        isRunning: process.running,
        filter,
      }),
      totalStacks: totals.totalStacks,
      totalBytes: totals.totalBytes,
      totalCount: totals.totalCount,
      ...(scope.isSampled && rows[0] && { totalBytesDeviation: rows[0].totalBytesDeviation }),
      groups: rows.map((row) => ({
        ...toGroup(row, stacks),
        ...(scope.isSampled && { bytesDeviation: row.bytesDeviation }),
      })),
    };
  }

  /** Of a page beyond the last. */
  private async totals(reference: string, question: GroupsQuestion): Promise<Totals> {
    if (question.offset === 0) return { totalStacks: 0, totalBytes: 0, totalCount: 0 };
    return this.groups(reference, { ...question, offset: 0, limit: 1 });
  }
}

type Totals = Pick<Groups, "totalStacks" | "totalBytes" | "totalCount">;

function toGroup(row: GroupRow, stacks: ProcessStacks): StackGroup {
  const { stack, bytes, count, allocatedBytes, allocations, freedBytes, frees, leakedBytes, leaked } = row;
  const { temporaries, minSize, maxSize, firstNs, lastNs, meanLifetimeNs } = row;
  return {
    stack,
    stackId: stacks.stackIdOf(stack),
    frames: stacks.displayOf(stack),
    bytes,
    count,
    allocatedBytes,
    allocations,
    freedBytes,
    frees,
    leakedBytes,
    leaked,
    temporaries,
    minSize,
    maxSize,
    firstNs,
    lastNs,
    meanLifetimeNs,
  };
}
