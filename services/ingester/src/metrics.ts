import type { Metrics } from "@heaphound/service-kit";
import type { RejectReason } from "./errors.js";
import { lossName, type BlockLoss } from "./store/losses.js";

/** The ingester's own figures; all names begin with heaphound_ingester_. */
export class IngesterMetrics {
  readonly blocks;
  readonly events;
  readonly wireBytes;
  readonly rejected;
  readonly insertSeconds;
  readonly insertRetries;
  readonly insertedRows;
  readonly streams;
  readonly lost;
  readonly losses;
  readonly usageRepairs;

  constructor(metrics: Metrics) {
    this.blocks = metrics.counter("ingester_blocks_total", "Blocks received, those sent again included.");
    this.events = metrics.counter("ingester_events_total", "Allocations and deallocations received.");
    this.wireBytes = metrics.counter("ingester_wire_bytes_total", "Bytes of messages received.");
    this.rejected = metrics.counter<"reason">("ingester_rejected_total", "Streams ended because of what was sent.", [
      "reason",
    ]);
    this.insertSeconds = metrics.histogram(
      "ingester_insert_seconds",
      "Time to insert one batch into one table, retries included.",
      [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      ["table"],
    );
    this.insertRetries = metrics.counter<"table">(
      "ingester_insert_retries_total",
      "Inserts that failed and were tried again.",
      ["table"],
    );
    this.insertedRows = metrics.counter<"table">(
      "ingester_inserted_rows_total",
      "Rows that ClickHouse has confirmed.",
      ["table"],
    );
    this.streams = metrics.gauge("ingester_streams", "Open streams.");
    this.lost = metrics.counter(
      "ingester_lost_processes_total",
      "Processes whose stream stayed away without a Goodbye.",
    );
    this.losses = metrics.counter<"kind">(
      "ingester_losses_total",
      "What profiled processes could not record or deliver, as they count it themselves.",
      ["kind"],
    );
    this.usageRepairs = metrics.counter(
      "ingester_usage_repairs_total",
      "Rollups of a process built again after an interrupted insert.",
    );
  }

  /** Losses of a block that is new. */
  countLosses(losses: readonly BlockLoss[]): void {
    for (const { kind, count } of losses) this.losses.inc({ kind: lossName(kind) }, count);
  }

  countRejected(reason: RejectReason): void {
    this.rejected.inc({ reason });
  }
}
