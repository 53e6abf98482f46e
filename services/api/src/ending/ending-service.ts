import {
  EVERYTHING,
  type Ending,
  type EndingStack,
  type Frame,
  type MemoryFacts,
  type ProcessSummary,
} from "@heaphound/query";
import {
  compileContainerEnd,
  compileEndingStacks,
  compileMemorySample,
  compileOomKills,
  compileUnseenEnd,
  type ProcessScope,
} from "@heaphound/query/server";
import type { Database } from "../database/database.js";
import type { ProcessFinder } from "../processes/process-finder.js";
import type { StackStore } from "../stacks/stack-store.js";
import type { AllocationsService } from "../views/allocations-service.js";
import { scopeOf } from "../views/question-window.js";
import { verdictOf, type EndingFacts } from "./cause.js";
import { endingSentence } from "./sentence.js";

export interface EndingQuestion {
  windowNs: number;
  /** Stacks of each order, and allocations. */
  limit: number;
}

interface StackRow {
  stack: number;
  live_bytes: number;
  live_count: number;
  growth_bytes: number;
  growth_count: number;
  total_growth_bytes: number;
  total_growth_count: number;
}

interface ContainerRow {
  reason: string;
  exit_code: number;
  signal: number;
  restarts: number;
  limit_bytes: number;
  finished: number;
}

const END_OF_TIME = 2n ** 63n - 1n;

/** How a process ended, and what it did in its last minute. */
export class EndingService {
  constructor(
    private readonly database: Database,
    private readonly finder: ProcessFinder,
    private readonly stackStore: StackStore,
    private readonly allocations: AllocationsService,
    private readonly usageFromEvents: number,
  ) {}

  async ending(reference: string, { windowNs, limit }: EndingQuestion): Promise<Ending> {
    const process = await this.finder.find(reference);
    const scope = scopeOf(process);
    const toNs = process.durationNs;
    const fromNs = Math.max(0, toNs - windowNs);
    const preferUsage = process.allocations + process.frees >= this.usageFromEvents;
    const question = { scope, fromNs: scope.startedNs + BigInt(fromNs), limit, preferUsage };
    const [facts, rows, page] = await Promise.all([
      this.facts(process, scope),
      this.database.rows<StackRow>("ending-stacks", compileEndingStacks(question)),
      this.allocations.first(process, {
        from: { unit: "ns", ns: fromNs },
        filter: EVERYTHING,
        sort: "size",
        order: "desc",
        limit,
      }),
    ]);
    const { container, memory } = facts;
    const parts = {
      ...verdictOf(facts),
      fromNs,
      toNs,
      liveBytes: process.liveBytes,
      liveAllocations: process.liveAllocations,
      growthBytes: rows[0]?.total_growth_bytes ?? 0,
      growthCount: rows[0]?.total_growth_count ?? 0,
      limitBytes: limitOf(facts),
    };
    return {
      revision: process.revision,
      sentence: endingSentence(process.pod || process.name, parts),
      ...parts,
      memory,
      container,
      topStacks: rows.map(toStack),
      largest: page.rows.sort((a, b) => b.timeNs - a.timeNs),
      stacks: { ...(await this.framesOf(scope, rows)), ...page.stacks },
    };
  }

  private async facts(process: ProcessSummary, scope: ProcessScope): Promise<EndingFacts> {
    const endedNs = scope.startedNs + BigInt(process.durationNs);
    const [containers, samples, kills, unseen] = await Promise.all([
      this.database.rows<ContainerRow>("container-end", compileContainerEnd(scope)),
      this.database.rows<MemoryFacts>("memory-sample", compileMemorySample({ scope, atNs: END_OF_TIME })),
      this.database.rows<{ before: number; after: number }>("oom-kills", compileOomKills(scope, endedNs)),
      this.database.rows<{ detail: string }>("unseen-end", compileUnseenEnd(scope)),
    ]);
    return {
      process,
      container: containers[0] ? toContainer(containers[0]) : null,
      memory: samples[0] ?? null,
      oomKills: kills[0] ?? null,
      unseen: unseen[0]?.detail ?? null,
    };
  }

  private async framesOf(scope: ProcessScope, rows: readonly StackRow[]): Promise<Record<number, Frame[]>> {
    const stacks = await this.stackStore.load(
      scope.process,
      rows.map(({ stack }) => stack),
    );
    return Object.fromEntries(rows.map(({ stack }) => [stack, stacks.displayOf(stack)]));
  }
}

/** The control group's counts: it is what the kernel looks at. */
function limitOf({ memory, container }: EndingFacts): number | null {
  const ofGroup = memory?.cgroupLimitBytes ?? 0;
  return ofGroup > 0 ? ofGroup : (container?.limitBytes ?? null);
}

function toStack(row: StackRow): EndingStack {
  return {
    stack: row.stack,
    liveBytes: row.live_bytes,
    liveCount: row.live_count,
    growthBytes: row.growth_bytes,
    growthCount: row.growth_count,
  };
}

function toContainer(row: ContainerRow): Ending["container"] {
  return {
    reason: row.reason,
    exitCode: row.exit_code,
    signal: row.signal,
    finishedNs: row.finished,
    restarts: row.restarts,
    limitBytes: row.limit_bytes > 0 ? row.limit_bytes : null,
  };
}
