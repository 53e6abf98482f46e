import { setTimeout as delay } from "node:timers/promises";
import type { ClickHouseClient } from "@heaphound/service-kit";

const POLL_MS = 100;

/**
 * An ingester that is killed can leave an insert behind that ClickHouse still works on. Whoever looks up what is stored
 * must wait until those are done, or a block that is about to appear is inserted a second time.
 */
export class Leftovers {
  private areGone = false;

  constructor(
    private readonly client: ClickHouseClient,
    /** The name under which ingesters speak to ClickHouse: their `log_comment`. */
    private readonly service: string,
    /** Whose servers may be working on one; empty: there is one server. */
    private readonly cluster = "",
    private readonly startedMs = performance.now(),
  ) {}

  /** Resolves when no insert that is older than this ingester is running. Asks ClickHouse until that was so once. */
  async gone(signal: AbortSignal): Promise<void> {
    while (!this.areGone) {
      signal.throwIfAborted();
      this.areGone = (await this.running()) === 0;
      if (!this.areGone) await delay(POLL_MS);
    }
  }

  private async running(): Promise<number> {
    const result = await this.client.query({
      query: `
        SELECT toUInt32(count()) AS running FROM ${this.cluster === "" ? "system.processes" : "clusterAllReplicas({cluster:String}, system.processes)"}
        WHERE query_kind = 'Insert' AND Settings['log_comment'] = {service:String} AND elapsed > {uptime:Float64}`,
      query_params: {
        service: this.service,
        cluster: this.cluster,
        uptime: (performance.now() - this.startedMs) / 1_000,
      },
      format: "JSONEachRow",
    });
    const [row] = await result.json<{ running: number }>();
    return row?.running ?? 0;
  }
}
