import { Metrics, type Counter, type Gauge, type Histogram } from "@heaphound/service-kit";
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

  setCertificateExpiry(at: Date): void {
    this.expiry.set(at.getTime() / 1000);
  }

  setLeader(leads: boolean): void {
    this.leader.set(leads ? 1 : 0);
  }
}
