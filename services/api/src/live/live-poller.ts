import type { LiveUpdate } from "@heaphound/query";
import { Params, type CompiledQuery } from "@heaphound/query/server";
import type { Logger } from "@heaphound/service-kit";
import type { Database } from "../database/database.js";
import { outsideRequests } from "../http/request-context.js";

/** `namespace` is for the listener to judge by; it is no part of what is sent. */
export type LiveListener = (update: LiveUpdate, namespace: string) => void;

const POLL_MS = 500;
/** Ended processes are still reported this long after they were last heard of, so that everybody sees the end. */
const ENDED_GRACE_NS = 60_000_000_000n;

interface Row {
  key: string;
  revision: number;
  live: number;
  running: number;
  namespace: string;
}

interface State {
  update: LiveUpdate;
  namespace: string;
}

/** Asks which processes have new data, once for all listeners and only while there are any. */
export class LivePoller {
  private readonly listeners = new Set<LiveListener>();
  private readonly states = new Map<string, State>();
  private timer: NodeJS.Timeout | undefined;
  private polling = false;

  constructor(
    private readonly database: Database,
    private readonly log: Logger,
    private readonly pollMs = POLL_MS,
  ) {}

  get listenerCount(): number {
    return this.listeners.size;
  }

  /** Reports how things stand and then every change; returns how to stop. */
  listen(listener: LiveListener): () => void {
    this.listeners.add(listener);
    for (const { update, namespace } of this.states.values()) listener(update, namespace);
    outsideRequests(() => this.start());
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.stop();
    };
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.states.clear();
  }

  private start(): void {
    this.timer ??= setInterval(() => void this.poll(), this.pollMs);
  }

  /** A slow database is asked less often, never twice at a time. */
  private async poll(): Promise<void> {
    if (this.polling) return;
    this.polling = true;
    try {
      for (const row of await this.database.rows<Row>("live", liveQuery())) this.report(row);
    } catch (error) {
      this.log.warn({ error }, "cannot ask for live updates");
    } finally {
      this.polling = false;
    }
  }

  private report(row: Row): void {
    const update: LiveUpdate = {
      process: row.key,
      revision: row.revision,
      liveBytes: row.live,
      running: row.running === 1,
    };
    const known = this.states.get(row.key)?.update;
    if (known?.revision === update.revision && known.running === update.running) return;
    this.states.set(row.key, { update, namespace: row.namespace });
    for (const listener of this.listeners) listener(update, row.namespace);
  }
}

function liveQuery(): CompiledQuery {
  const params = new Params();
  const since = params.time(BigInt(Date.now()) * 1_000_000n - ENDED_GRACE_NS);
  const recent = `processes FINAL WHERE ended_ns = 0 OR last_seen_ns > ${since}`;
  return params.query(`
SELECT lower(leftPad(hex(process), 16, '0')) AS key, ended_ns = 0 AS running, namespace, b.newest AS revision, b.live AS live
FROM (SELECT process, ended_ns, namespace FROM ${recent}) AS p
LEFT ANY JOIN
(
  SELECT process, max(block) AS newest, argMax(live_bytes, block) AS live
  FROM blocks WHERE process IN (SELECT process FROM ${recent}) GROUP BY process
) AS b USING (process)
ORDER BY key
LIMIT 10000`);
}
