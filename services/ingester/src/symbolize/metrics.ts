import type { Metrics } from "@heaphound/service-kit";

/** Figures of symbols and binaries; names begin with heaphound_symbols_ and heaphound_binaries_. */
export class SymbolMetrics {
  readonly frames;
  readonly crashes;
  readonly queueDropped;
  readonly writeErrors;
  readonly seconds;
  readonly uploads;

  constructor(metrics: Metrics, queueSize: () => number) {
    this.frames = metrics.counter<"result">("symbols_frames_total", "Frames looked up, by what was found.", ["result"]);
    this.crashes = metrics.counter("symbols_crashes_total", "How often the symbolizer ended or hung on a file.");
    this.queueDropped = metrics.counter(
      "symbols_queue_dropped_total",
      "Frames that did not fit the queue; they are found again in the database.",
    );
    this.writeErrors = metrics.counter("symbols_write_errors_total", "Batches of symbols that could not be stored.");
    this.seconds = metrics.histogram(
      "symbols_batch_seconds",
      "Time to look up one batch of frames.",
      [0.01, 0.05, 0.25, 1, 5, 30],
    );
    this.uploads = metrics.counter<"result">("binaries_uploads_total", "Uploaded binaries, by result.", ["result"]);
    metrics.gauge("symbols_queue_frames", "Frames that wait for their symbols.", [], function () {
      this.set(queueSize());
    });
  }
}
