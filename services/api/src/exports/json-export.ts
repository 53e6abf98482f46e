import type { Filter, ProcessSummary } from "@heaphound/query";
import { compileExportRows, compileIdRange, type ProcessScope, type Window } from "@heaphound/query/server";
import type { Database } from "../database/database.js";
import type { ProcessFinder } from "../processes/process-finder.js";
import type { StackStore } from "../stacks/stack-store.js";
import { scopeOf, windowOf } from "../views/question-window.js";
import { allStacks } from "./all-stacks.js";
import { programAndPid, type ExportFile, type ExportQuestion } from "./export.js";

/** `{"process": {...}, "stacks": {"1": [frame...]}, "allocations": [...]}`, stacks first so that a reader can stream. */
export class JsonExport {
  constructor(
    private readonly database: Database,
    private readonly finder: ProcessFinder,
    private readonly stackStore: StackStore,
    /** So many allocations are joined with their late frees at a time. */
    private readonly idsPerPart: number,
  ) {}

  async file(reference: string, question: ExportQuestion): Promise<ExportFile> {
    const process = await this.finder.find(reference);
    return {
      name: `heaphound.${programAndPid(process)}.json`,
      contentType: "application/json",
      content: this.content(process, question),
    };
  }

  private async *content(process: ProcessSummary, question: ExportQuestion): AsyncGenerator<Buffer | string> {
    const scope = scopeOf(process);
    yield `{"process":${JSON.stringify(process)},\n"stacks":{`;
    yield* this.stacks(scope);
    yield `},\n"allocations":[`;
    yield* this.allocations(scope, windowOf("allocated", question, scope).clock, question.filter);
    yield "\n]}\n";
  }

  private async *stacks(scope: ProcessScope): AsyncGenerator<string> {
    const stacks = await allStacks(this.database, this.stackStore, scope);
    let separator = "\n";
    for (let stack = 0; stack <= stacks.newest; stack++) {
      if (!stacks.has(stack)) continue;
      yield `${separator}"${stack}":${JSON.stringify(stacks.displayOf(stack))}`;
      separator = ",\n";
    }
  }

  private async *allocations(scope: ProcessScope, window: Window, filter: Filter): AsyncGenerator<string> {
    const [range] = await this.database.rows<{ low: number; high: number }>(
      "export-ids",
      compileIdRange(scope, window),
    );
    if (!range || range.high === 0) return;
    let separator = "\n";
    for (let lowId = range.low; lowId <= range.high; lowId += this.idsPerPart) {
      const highId = Math.min(range.high, lowId + this.idsPerPart - 1);
      const query = compileExportRows({ scope, window, filter, lowId, highId });
      for await (const lines of wholeLines(this.database.chunks("export-rows", query, "JSONEachRow"))) {
        yield separator + lines.replaceAll("\n", ",\n");
        separator = ",\n";
      }
    }
  }
}

/** Chunks regrouped to whole lines, without the last line's end. */
async function* wholeLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const joined = Buffer.concat([rest, chunk]);
    const end = joined.lastIndexOf(0x0a);
    if (end > 0) yield joined.toString("utf8", 0, end);
    rest = joined.subarray(end + 1);
  }
}
