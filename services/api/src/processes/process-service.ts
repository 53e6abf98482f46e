import { currentRequest } from "../http/request-context.js";
import type { ProcessDetail, ProcessList, ProcessSummary } from "@heaphound/query";
import { compileProcesses, type ProcessesQuestion } from "@heaphound/query/server";
import type { Database } from "../database/database.js";
import { modulesQuery, lossesQuery, stackFactsQuery, threadsQuery, type ModuleRow } from "./detail-queries.js";
import type { ProcessFinder } from "./process-finder.js";
import { toLoss, toSummary, type ProcessRow } from "./process-rows.js";

/** Lists processes and tells everything about one. */
export class ProcessService {
  constructor(
    private readonly database: Database,
    private readonly finder: ProcessFinder,
  ) {}

  async list(question: ProcessesQuestion): Promise<ProcessList> {
    const rows = await this.database.rows<ProcessRow>(
      "processes",
      compileProcesses({ ...question, namespaces: currentRequest()?.namespaces }),
    );
    const total =
      rows[0]?.total ?? (question.offset > 0 ? (await this.list({ ...question, offset: 0, limit: 1 })).total : 0);
    return { total, processes: rows.map(toSummary) };
  }

  async detail(reference: string): Promise<ProcessDetail> {
    const summary = await this.finder.find(reference);
    const key = String(BigInt(`0x${summary.process}`));
    const [losses, threads, modules, stacks] = await Promise.all([
      this.database.rows<{ kind: string; count: number; bytes: number }>("losses", lossesQuery(key)),
      this.database.rows<{ thread: number; tid: number; name: string }>("threads", threadsQuery(key)),
      this.database.rows<ModuleRow>("modules", modulesQuery(key)),
      this.database.rows<{ stacks: number; deepest: number }>("stack-facts", stackFactsQuery(key)),
    ]);
    return {
      ...summary,
      losses: losses.map(toLoss),
      threads,
      modules: modules.map(({ number, path, build_id, symbolized }) => ({
        number,
        path,
        buildId: build_id,
        symbolized,
      })),
      stacks: stacks[0]?.stacks ?? 0,
      maxDepth: stacks[0]?.deepest ?? 0,
      notes: notesOn(summary, modules),
    };
  }
}

const ALMOST_ALL = 0.5;

function notesOn(summary: ProcessSummary, modules: readonly ModuleRow[]): string[] {
  const notes: string[] = [];
  if (summary.endReason === "lost")
    notes.push("The stream ended without a goodbye: what the process did last may be missing.");
  if (summary.isSampled === true)
    notes.push(
      "Allocations were sampled, at least for a time: figures are estimates, with their standard deviation beside them.",
    );
  if ((summary.culledAllocations ?? 0) > 0)
    notes.push(
      `${summary.culledAllocations} allocations lived too shortly to be recorded one by one: totals and stacks count them, filters on single allocations do not.`,
    );
  if (summary.endReason === "killed")
    notes.push("The process was killed (SIGKILL, or out of memory); its last words come from its spool file.");
  if (summary.endReason === "fatal_signal") notes.push("The process was ended by a signal.");
  if (summary.liveAllocations > summary.allocations)
    notes.push("More blocks are live than were allocated: blocks are missing.");
  const bare = modules.filter(({ frames, symbolized }) => frames > 0 && symbolized < ALMOST_ALL);
  if (bare.length > 0)
    notes.push(`Few symbols are known of ${bare.map(({ path }) => path).join(", ")}: frames show as module+0xoffset.`);
  return notes;
}
