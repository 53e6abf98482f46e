import { allOf, type Filter, type ProcessSummary } from "@heaphound/query";
import {
  compileEvents,
  compileEventSlices,
  compileFirstAllocation,
  EVENT_BYTES,
  Params,
  type ProcessScope,
  type Window,
} from "@heaphound/query/server";
import type { Database } from "../../database/database.js";
import { wholeRows } from "../../database/fixed-rows.js";
import type { ProcessFinder } from "../../processes/process-finder.js";
import type { StackStore } from "../../stacks/stack-store.js";
import { scopeOf } from "../../views/question-window.js";
import { compress, suffixOf, type Compression } from "../compress.js";
import { programAndPid, type ExportFile, type ExportQuestion } from "../export.js";
import { allStacks } from "../all-stacks.js";
import { HeaptrackWriter, type HeaptrackHeader, type MemorySample } from "./writer.js";

/** Size of a compressed frame's content: what a cut-off file loses at most. */
const FRAME_BYTES = 1 << 20;
const DEFAULT_PAGE_BYTES = 4096;

/** Heaptrack files: all events of the allocations asked for, in one global order. */
export class HeaptrackExport {
  constructor(
    private readonly database: Database,
    private readonly finder: ProcessFinder,
    private readonly stackStore: StackStore,
    /** So many events are sorted at a time. */
    private readonly eventsPerSlice: number,
  ) {}

  async file(reference: string, question: ExportQuestion): Promise<ExportFile> {
    const process = await this.finder.find(reference);
    return {
      name: `heaptrack.${programAndPid(process)}${suffixOf(question.compression)}`,
      contentType: "application/octet-stream",
      content: this.content(process, inWindow(question), question.compression),
    };
  }

  private async *content(process: ProcessSummary, filter: Filter, compression: Compression): AsyncGenerator<Buffer> {
    const scope = scopeOf(process);
    const stacks = await allStacks(this.database, this.stackStore, scope);
    const writer = new HeaptrackWriter(await this.header(process, scope), stacks);
    const [first] = await this.database.rows<{ first: string }>("export-first", compileFirstAllocation(scope, filter));
    for (const window of await this.slices(scope)) {
      const events = compileEvents({ scope, filter, window, firstId: first?.first ?? "0" });
      for await (const rows of wholeRows(this.database.chunks("export-events", events, "RowBinary"), EVENT_BYTES)) {
        writer.events(rows);
        if (writer.out.length >= FRAME_BYTES) yield await compress(writer.out.take(), compression);
      }
    }
    writer.end(Math.ceil(process.durationNs / 1e6));
    yield await compress(writer.out.take(), compression);
  }

  /** Parts of the run one after the other, without gaps; a running process is taken as it is now. */
  private async slices(scope: ProcessScope): Promise<Window[]> {
    const rows = await this.database.rows<{ start: string }>(
      "export-slices",
      compileEventSlices(scope, this.eventsPerSlice),
    );
    const starts = rows.map(({ start }) => BigInt(start));
    const end = scope.startedNs + BigInt(scope.durationNs);
    return starts.map((start, index) => ({
      fromNs: index === 0 ? undefined : start,
      toNs: index + 1 < starts.length ? starts[index + 1]! - 1n : end,
    }));
  }

  private async header(process: ProcessSummary, scope: ProcessScope): Promise<HeaptrackHeader> {
    const params = new Params();
    const query = params.query(`
SELECT toUInt32(intDiv(greatest(0, max(sampled_ns) - ${params.time(scope.startedNs)}), 1000000)) AS ms, max(resident_bytes) AS residentBytes
FROM blocks FINAL WHERE process = ${params.bind(scope.process, "UInt64")} AND resident_bytes > 0
GROUP BY intDiv(sampled_ns, 10000000) ORDER BY ms LIMIT 1000000`);
    return {
      command: commandOf(process),
      pageBytes: DEFAULT_PAGE_BYTES,
      memoryBytes: process.limitBytes,
      samples: await this.database.rows<MemorySample>("export-memory", query),
    };
  }
}

function commandOf(process: ProcessSummary): string {
  const { namespace, pod, container, pid } = process;
  const command = process.arguments.join(" ") || process.executable;
  return pod === "" ? command : `${namespace}/${pod}/${container}[${pid}]: ${command}`;
}

/** The window says when the allocations were made; their deallocations come along whenever they happened. */
function inWindow({ filter, from, to }: ExportQuestion): Filter {
  const conditions: Filter[] = [filter];
  if (from) conditions.push({ type: "compare", field: "allocated", operator: ">=", value: from });
  if (to) conditions.push({ type: "compare", field: "allocated", operator: "<=", value: to });
  return allOf(...conditions);
}
