import { Metrics, type Histogram } from "@heaphound/service-kit";

const BUCKETS = [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** How long the database takes, by kind of query. */
export class QueryMetrics {
  private readonly seconds: Histogram<"query" | "outcome">;

  constructor(metrics: Metrics) {
    const help = "time from sending a query to the end of its answer";
    this.seconds = metrics.histogram("api_query_seconds", help, BUCKETS, ["query", "outcome"]);
  }

  /** For what is not scraped. */
  static none(): QueryMetrics {
    return new QueryMetrics(new Metrics({ service: "none" }));
  }

  /** Starts the clock; call the result with how it ended. */
  start(query: string): (outcome: "ok" | "error") => void {
    const end = this.seconds.startTimer({ query });
    return (outcome) => void end({ outcome });
  }
}
