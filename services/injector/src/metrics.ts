import { Metrics, type Counter, type Gauge, type Histogram } from "@heaphound/service-kit";
import type { CoverageRow } from "./controller/coverage.js";
import type { ReviewResult } from "./webhook/review.js";

/** What the injector counts; reasons are the codes of the one table. */
export class InjectorMetrics {
  readonly metrics = new Metrics({ service: "injector", processMetrics: true });
  private readonly reviews: Counter<"namespace" | "reason">;
  private readonly rejected: Counter<"reason">;
  private readonly quarantined: Counter<"namespace">;
  private readonly seconds: Histogram;
  private readonly expiry: Gauge;
  private readonly leader: Gauge;
  private readonly coverage: Gauge<"namespace" | "state">;
  private readonly gaps: Gauge<"namespace" | "reason">;
  private readonly coverageFailures: Counter;

  constructor() {
    const { metrics } = this;
    this.reviews = metrics.counter("injector_reviews_total", "Pods reviewed, by outcome", ["namespace", "reason"]);
    this.rejected = metrics.counter("injector_rejected_requests_total", "Requests that were no review", ["reason"]);
    this.quarantined = metrics.counter("injector_quarantined_total", "Workloads taken out after failures", [
      "namespace",
    ]);
    this.seconds = metrics.histogram("injector_review_seconds", "Time to answer", [0.001, 0.005, 0.02, 0.1, 0.5, 2]);
    this.expiry = metrics.gauge("injector_certificate_expiry_timestamp_seconds", "When the webhook's certificate ends");
    this.leader = metrics.gauge("injector_leader", "1: this replica writes");
    this.coverage = metrics.gauge("injector_coverage_pods", "Pods asked for, injected, and reporting; of the leader", [
      "namespace",
      "state",
    ]);
    this.gaps = metrics.gauge("injector_coverage_gaps", "Pods without profiles, by the likeliest cause", [
      "namespace",
      "reason",
    ]);
    this.coverageFailures = metrics.counter(
      "injector_coverage_failures_total",
      "Rounds in which the ingester did not take or give coverage",
    );
  }

  /** Dry runs leave no trace: nothing came of them. Namespaces are counted only where somebody asked for injection. */
  countReview({ namespace, dryRun, findings }: ReviewResult, seconds: number): void {
    this.seconds.observe(seconds);
    const reason = findings[0]?.code ?? "injector_error";
    if (!dryRun) this.reviews.inc({ namespace: reason === "not_requested" ? "" : namespace, reason });
  }

  countRejected(reason: string): void {
    this.rejected.inc({ reason });
  }

  countQuarantined(namespace: string): void {
    this.quarantined.inc({ namespace });
  }

  countCoverageFailure(): void {
    this.coverageFailures.inc();
  }

  /** A pod reports when all of its profiled containers do. */
  setCoverage(rows: readonly CoverageRow[]): void {
    const pods = new Map<string, CoverageRow[]>();
    for (const row of rows) pods.set(row.pod.uid, [...(pods.get(row.pod.uid) ?? []), row]);
    this.coverage.reset();
    this.gaps.reset();
    for (const containers of pods.values()) {
      const [first] = containers;
      if (!first) continue;
      const { namespace } = first.pod;
      const isReporting = containers.every(({ reporting }) => reporting);
      this.coverage.inc({ namespace, state: "asked" });
      this.coverage.inc({ namespace, state: "injected" }, first.injected ? 1 : 0);
      this.coverage.inc({ namespace, state: "reporting" }, isReporting ? 1 : 0);
      const gap = containers.find(({ reporting }) => !reporting)?.findings[0];
      if (gap && gap.code !== "injected") this.gaps.inc({ namespace, reason: gap.code });
    }
  }

  setCertificateExpiry(at: Date): void {
    this.expiry.set(at.getTime() / 1000);
  }

  setLeader(leads: boolean): void {
    this.leader.set(leads ? 1 : 0);
  }
}
