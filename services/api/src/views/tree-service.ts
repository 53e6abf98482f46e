import type { Filter, Instant, Measure, ProcessSummary, Tree, Weight } from "@heaphound/query";
import type { Database } from "../database/database.js";
import type { ProcessFinder } from "../processes/process-finder.js";
import type { StackStore } from "../stacks/stack-store.js";
import type { ProcessStacks } from "../stacks/process-stacks.js";
import { foldTree } from "./fold-tree.js";
import { scopeOf, windowOf, type QuestionWindow } from "./question-window.js";
import { sentence } from "./sentence.js";
import { readStackSums } from "./stack-sums.js";
import type { StackSums } from "./stack-weights.js";
import { treeColumns } from "./tree-columns.js";

export interface TreeQuestion {
  measure: Measure;
  weight: Weight;
  at?: Instant | undefined;
  from?: Instant | undefined;
  to?: Instant | undefined;
  filter: Filter;
  minShare: number;
  invert: boolean;
  limit: number;
}

/** What a measure holds by stack, with the stacks resolved. */
export interface MeasuredStacks {
  process: ProcessSummary;
  window: QuestionWindow;
  sums: StackSums;
  stacks: ProcessStacks;
}

/** Call trees: the data of flame graphs. */
export class TreeService {
  constructor(
    private readonly database: Database,
    private readonly finder: ProcessFinder,
    private readonly stackStore: StackStore,
    private readonly usageFromEvents: number,
  ) {}

  async tree(reference: string, question: TreeQuestion): Promise<Tree> {
    return (await this.treeOf(reference, question)).tree;
  }

  async treeOf(reference: string, question: TreeQuestion): Promise<{ tree: Tree; process: ProcessSummary }> {
    const { process, window, sums, stacks } = await this.measure(reference, question);
    const columns = treeColumns(foldTree(sums, stacks, question), stacks.frames.strings, question);
    const result: Tree = {
      revision: process.revision,
      measure: question.measure,
      weight: question.weight,
      sentence: sentence({
        measure: question.measure,
        process: process.pod || process.name,
        bytes: columns.totalBytes,
        count: columns.totalCount,
        stacks: sums.stacks.length,
        fromNs: window.fromNs,
        toNs: window.toNs,
        durationNs: process.durationNs,
        isRunning: process.running,
        filter: question.filter,
      }),
      stacks: sums.stacks.length,
      ...columns,
      ...(sums.bytesDeviation !== undefined && { totalBytesDeviation: sums.bytesDeviation }),
    };
    return { tree: result, process };
  }

  /** The figures of each stack and what the stacks are made of. */
  async measure(
    reference: string,
    question: Pick<TreeQuestion, "measure" | "at" | "from" | "to" | "filter">,
  ): Promise<MeasuredStacks> {
    const process = await this.finder.find(reference);
    const scope = scopeOf(process);
    const window = windowOf(question.measure, question, scope);
    const preferUsage = process.allocations + process.frees >= this.usageFromEvents;
    const { measure, filter } = question;
    this.stackStore.prefetch(scope.process);
    const sums = await readStackSums(this.database, { scope, measure, filter, window: window.clock, preferUsage });
    return { process, window, sums, stacks: await this.stackStore.load(scope.process, sums.stacks) };
  }
}
