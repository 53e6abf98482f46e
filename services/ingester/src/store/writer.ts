import { hash, randomUUID } from "node:crypto";
import {
  insertBinary,
  classifyClickHouseError,
  errorMessage,
  retry,
  type ClickHouseClient,
  type Logger,
} from "@heaphound/service-kit";
import type { IngesterMetrics } from "../metrics.js";
import { encodeRows } from "./encode-rows.js";
import { BatchTables, type TableRows } from "./tables.js";

/** A wire block in a batch, or (as sequence 0) the row of a process. */
export interface BatchEntry {
  process: bigint;
  sequence: number;
  /** Somebody waits for it, although it is no block. */
  isUrgent?: boolean;
  /** Called once, when every table has the block. */
  stored: () => void;
}

export interface WriterOptions {
  client: ClickHouseClient;
  database: string;
  batchRows: number;
  batchBytes: number;
  /** Batches start at least so far apart, */
  batchMs: number;
  /** and at most so far, as long as rows come. */
  maxBatchMs: number;
  metrics: IngesterMetrics;
  log: Logger;
  /** Called before each attempt to insert; rejects while that must not be done. */
  confirm?: () => Promise<void>;
}

/** An insert ends when ClickHouse has answered or this has passed; then the same batch is sent again. */
const INSERT_DEADLINE_SECONDS = 120;

/** What comes together within this time goes out together. */
const GATHER_MS = 10;

/**
 * An insert costs ClickHouse as much for a few rows as for ten thousand, so batches start no closer than this many times what
 * the last one took: on a busy machine, where that is long, there are fewer and larger ones.
 */
const INTERVAL_PER_INSERT = 6;

/** Tables that add rows up or keep them all: their inserts must be recognised when they come a second time. */
const APPEND_ONLY: ReadonlySet<string> = new Set(["allocations", "late_frees"]);

class Batch {
  readonly tables = new BatchTables();
  readonly entries: BatchEntry[] = [];
  id = randomUUID();

  get isEmpty(): boolean {
    return this.tables.rowCount === 0;
  }

  reset(): void {
    this.tables.clear();
    this.entries.length = 0;
    this.id = randomUUID();
  }
}

/**
 * Collects rows of all streams and inserts them table by table. One batch fills while the one before is being inserted;
 * when both are full, `room()` waits, and with it the streams. A batch that ClickHouse does not take is tried again,
 * unchanged, for as long as it takes: nothing is dropped, and memory stays at two batches.
 */
export class Writer {
  private filling = new Batch();
  private spare = new Batch();
  private inserting: Promise<void> | null = null;
  private isDue = false;
  private lastStartMs = -Infinity;
  private intervalMs: number;
  private dueMs = 0; // of the timer
  private timer: NodeJS.Timeout | undefined;
  private waiting: (() => void)[] = [];
  private readonly stopped = new AbortController();
  /** Why ClickHouse does not take the current batch, null when it does. */
  failure: string | null = null;

  constructor(private readonly options: WriterOptions) {
    this.intervalMs = options.batchMs;
  }

  /** Waits until rows may be appended. Rejects when the writer is stopped. */
  async room(): Promise<void> {
    while (this.isFull()) {
      this.stopped.signal.throwIfAborted();
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    }
    this.stopped.signal.throwIfAborted();
  }

  /** Rows that ClickHouse has not confirmed. */
  get waitingRows(): number {
    return this.filling.tables.rowCount + this.spare.tables.rowCount;
  }

  /** Streams that wait until there is room. */
  get waitingStreams(): number {
    return this.waiting.length;
  }

  /** Appends rows to the batch that is being filled; call it right after `room()`, without waiting in between. */
  append(fill: (tables: BatchTables) => void, entry?: BatchEntry): void {
    fill(this.filling.tables);
    if (entry) this.filling.entries.push(entry);
    if (this.isFull()) this.due();
    else this.schedule(entry !== undefined && (entry.sequence > 0 || entry.isUrgent === true));
  }

  /**
   * Batches start `intervalMs` apart. A block that comes after a pause goes out almost at once, since a short program waits
   * for its acknowledgement before it ends; the row of a process can wait.
   */
  private schedule(isUrgent: boolean): void {
    const now = performance.now();
    const earliest = isUrgent ? this.lastStartMs : now;
    const dueMs = Math.max(now + GATHER_MS, earliest + this.intervalMs);
    if (this.timer && dueMs >= this.dueMs) return;
    clearTimeout(this.timer);
    this.dueMs = dueMs;
    this.timer = setTimeout(() => this.due(), dueMs - now);
  }

  /** Inserts what is there without waiting for more; resolves when it is stored. */
  async flush(): Promise<void> {
    while (!this.filling.isEmpty || this.inserting) {
      this.due();
      await this.inserting;
      this.stopped.signal.throwIfAborted();
    }
  }

  /** Gives up waiting for ClickHouse. What is not stored was not acknowledged: the clients send it again. */
  async stop(): Promise<void> {
    clearTimeout(this.timer);
    this.stopped.abort(new Error("the ingester is shutting down"));
    this.wake();
    await this.inserting;
  }

  private isFull(): boolean {
    const { tables } = this.filling;
    return tables.rowCount >= this.options.batchRows || tables.byteCount >= this.options.batchBytes;
  }

  private due(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.isDue = true;
    if (!this.inserting) this.startInsert();
  }

  private startInsert(): void {
    if (!this.isDue || this.filling.isEmpty || this.stopped.signal.aborted) return;
    const batch = this.filling;
    this.filling = this.spare;
    this.spare = batch;
    this.isDue = false;
    this.lastStartMs = performance.now();
    this.inserting = this.insert(batch).finally(() => {
      this.inserting = null;
      this.setInterval(performance.now() - this.lastStartMs);
      this.startInsert();
    });
    this.wake();
  }

  private setInterval(tookMs: number): void {
    const { batchMs, maxBatchMs } = this.options;
    this.intervalMs = Math.max(batchMs, Math.min(maxBatchMs, tookMs * INTERVAL_PER_INSERT));
  }

  private wake(): void {
    const waiting = this.waiting;
    this.waiting = [];
    for (const resolve of waiting) resolve();
  }

  private async insert(batch: Batch): Promise<void> {
    try {
      for (const stage of batch.tables.stages) {
        const present = stage.filter(({ rows }) => rows > 0);
        await Promise.all(present.map((rows) => this.insertTable(batch, rows)));
      }
    } catch (error) {
      // Only stopping gets here. Nothing is acknowledged.
      this.options.log.warn(
        { error: errorMessage(error), blocks: batch.entries.length },
        "a batch was not stored before the end",
      );
      return;
    }
    for (const entry of batch.entries) entry.stored();
    batch.reset();
    if (this.isFull()) this.isDue = true;
  }

  private async insertTable(batch: Batch, rows: TableRows): Promise<void> {
    const { table } = rows;
    const { client, database, metrics, confirm } = this.options;
    const body = encodeRows(rows);
    const columns = Object.keys(rows.columns);
    const deduplicationToken = tokenOf(batch, table);
    const endTimer = metrics.insertSeconds.startTimer({ table });
    await retry(
      async () => {
        await confirm?.();
        await insertBinary(client, {
          table: `${database}.${table}`,
          columns,
          format: "Native",
          body,
          deduplicationToken,
          signal: AbortSignal.any([this.stopped.signal, AbortSignal.timeout(INSERT_DEADLINE_SECONDS * 1_000)]),
          settings: ONE_BLOCK,
        });
      },
      {
        // Also what looks hopeless (a missing table, a wrong password) may be put right by an operator; until then the
        // streams wait, readiness says why, and nothing is lost.
        retryable: () => !this.stopped.signal.aborted,
        signal: this.stopped.signal,
        onRetry: (error, attempt, delayMs) => this.reportFailure(table, error, { attempt, delayMs }),
      },
    );
    endTimer();
    this.failure = null;
    metrics.insertedRows.inc({ table }, rows.rows);
  }

  private reportFailure(table: string, error: unknown, waiting: { attempt: number; delayMs: number }): void {
    this.failure = `${table}: ${errorMessage(error)}`;
    this.options.metrics.insertRetries.inc({ table });
    const level = classifyClickHouseError(error) === "retry" ? "warn" : "error";
    this.options.log[level](
      { table, ...waiting, error: errorMessage(error) },
      "ClickHouse did not take a batch, trying again",
    );
  }
}

/** The batch goes into a table as one part, so that a block's rows are all there or none is. */
const ONE_BLOCK = {
  max_insert_threads: "1",
  min_insert_block_size_rows: "100000000",
  min_insert_block_size_bytes: "10000000000",
  max_insert_block_size: "100000000",
  async_insert: 0 as const,
  max_execution_time: INSERT_DEADLINE_SECONDS,
};

/**
 * The same batch has the same token at every attempt. For tables that only grow it is made of the blocks, so that even a
 * later run of the ingester that forms the same batch is recognised; the others are told apart by the batch.
 */
function tokenOf(batch: Batch, table: string): string {
  const blocks = batch.entries.map(({ process, sequence }) => `${process}:${sequence}`).join(",");
  return hash("sha256", APPEND_ONLY.has(table) ? `${table} ${blocks}` : `${table} ${batch.id}`);
}
