import type { AllocationRow, Allocations, Filter, Frame, Instant, ProcessSummary } from "@heaphound/query";
import {
  compileAllocationCount,
  compileAllocationPage,
  compileAllocationRows,
  compileLateFrees,
  type AllocationSort,
  type AllocationsQuestion as Compiled,
  type PageKey,
  type ProcessScope,
} from "@heaphound/query/server";
import { AppError } from "@heaphound/service-kit";
import type { Database } from "../database/database.js";
import type { ProcessFinder } from "../processes/process-finder.js";
import type { StackStore } from "../stacks/stack-store.js";
import { scopeOf, windowOf } from "./question-window.js";
import { allocationsSentence } from "./sentence.js";

export interface AllocationsQuestion {
  from?: Instant | undefined;
  to?: Instant | undefined;
  filter: Filter;
  sort: AllocationSort;
  order: "asc" | "desc";
  limit: number;
  after?: string | undefined;
}

interface PageEntry {
  id: string;
  sort_key: string;
}

interface Row {
  key: string;
  time: number;
  lifetime: number;
  freed: number;
  address_hex: string;
  size: number;
  stack: number;
  thread: number;
  kind: number;
  realloc_of_id: string;
  free_thread: number;
  free_stack: number;
}

interface LateFree {
  key: string;
  lifetime: number;
  free_thread: number;
  free_stack: number;
}

/** A page, with the frames of its stacks. */
type Found = Pick<Allocations, "rows" | "stacks" | "next">;

/** Single allocations, page by page. */
export class AllocationsService {
  constructor(
    private readonly database: Database,
    private readonly finder: ProcessFinder,
    private readonly stackStore: StackStore,
  ) {}

  async page(reference: string, question: AllocationsQuestion): Promise<Allocations> {
    const process = await this.finder.find(reference);
    const compiled = compiledOf(process, question);
    const [found, counted] = await Promise.all([
      this.find(compiled),
      this.database.rows<{ total: number }>("allocation-count", compileAllocationCount(compiled)),
    ]);
    const total = counted[0]?.total ?? 0;
    const sentence = allocationsSentence(total, nameOf(process), question.filter);
    return { revision: process.revision, sentence, total, ...found };
  }

  /** The first of them, without counting how many there are, which takes longer than to find them. */
  first(process: ProcessSummary, question: AllocationsQuestion): Promise<Found> {
    return this.find(compiledOf(process, question));
  }

  private async find(compiled: Compiled): Promise<Found> {
    const { scope, limit } = compiled;
    const page = await this.database.rows<PageEntry>("allocation-page", compileAllocationPage(compiled));
    const rows = await this.rows(
      scope,
      page.map(({ id }) => id),
    );
    const last = page.at(-1);
    return {
      rows: rows.map(toAllocation),
      stacks: await this.framesOf(scope, rows),
      next: last && page.length === limit ? `${last.sort_key}.${last.id}` : null,
    };
  }

  /** The rows of a page in its order, with their ends. */
  private async rows(scope: ProcessScope, ids: readonly string[]): Promise<Row[]> {
    if (ids.length === 0) return [];
    const [rows, late] = await Promise.all([
      this.database.rows<Row>("allocation-rows", compileAllocationRows(scope, ids)),
      this.database.rows<LateFree>("late-frees", compileLateFrees(scope, ids)),
    ]);
    const ends = new Map(late.map((free) => [free.key, free]));
    const byId = new Map(rows.map((row) => [row.key, row]));
    return ids.flatMap((id) => {
      const row = byId.get(id);
      const end = ends.get(id);
      return row ? [end ? { ...row, ...end, freed: 1 } : row] : [];
    });
  }

  private async framesOf(scope: ProcessScope, rows: readonly Row[]): Promise<Record<number, Frame[]>> {
    const numbers = rows.flatMap(({ stack, free_stack }) => (free_stack > 0 ? [stack, free_stack] : [stack]));
    const stacks = await this.stackStore.load(scope.process, numbers);
    return Object.fromEntries([...new Set(numbers)].map((stack) => [stack, stacks.displayOf(stack)]));
  }
}

function compiledOf(process: ProcessSummary, question: AllocationsQuestion): Compiled {
  const scope = scopeOf(process);
  const window = windowOf("allocated", question, scope).clock;
  return { ...question, scope, window, after: readPageKey(question.after) };
}

const KINDS = ["malloc", "calloc", "realloc", "aligned"] as const;

function toAllocation(row: Row): AllocationRow {
  const isFreed = row.freed === 1;
  return {
    id: row.key,
    timeNs: row.time,
    lifetimeNs: isFreed ? row.lifetime : null,
    address: row.address_hex,
    size: row.size,
    stack: row.stack,
    thread: row.thread,
    kind: KINDS[row.kind] ?? "malloc",
    reallocOf: row.realloc_of_id === "0" ? null : row.realloc_of_id,
    freeThread: isFreed ? row.free_thread : null,
    freeStack: isFreed && row.free_stack > 0 ? row.free_stack : null,
  };
}

function readPageKey(text: string | undefined): PageKey | undefined {
  if (text === undefined) return undefined;
  const match = /^(\d{1,20})\.(\d{1,20})$/.exec(text);
  if (match) return { value: match[1]!, id: match[2]! };
  throw new AppError(`${text} is no page`, {
    code: "bad_parameters",
    advice: "Pass `next` of the page before as `after`, unchanged.",
    httpStatus: 400,
  });
}

function nameOf(process: ProcessSummary): string {
  return process.pod || process.name;
}
