import type { PodContainer } from "@heaphound/wire";
import { endKey, type ContainerEnding } from "./ends.js";
import type { CoverageRow } from "./coverage.js";
import type { FleetCalls } from "./fleet-client.js";
import { endToWire, toWire } from "./report.js";

const BATCH = 500;
/** What did not change is said again this often: readers take what is much older for gone. */
const RENEW_MS = 300_000;
const MAX_ENDS = 10_000;

interface Sent {
  row: CoverageRow;
  text: string;
  atMs: number;
}

/** What has changed since it was stored last. A call that fails leaves everything to be sent again. */
export class Outbox {
  private readonly sent = new Map<string, Sent>();
  private readonly ends = new Map<string, ContainerEnding>();
  /** Ends that are stored, so that they are not sent at each look at their pod; forgotten with it. */
  private readonly storedEnds = new Set<string>();
  /** Ends that could not be kept until they were stored. */
  droppedEnds = 0;

  addEnds(ends: readonly ContainerEnding[]): void {
    for (const end of ends) {
      const key = endKey(end);
      if (this.storedEnds.has(key)) continue;
      if (this.ends.size < MAX_ENDS) this.ends.set(key, end);
      else this.droppedEnds++;
    }
  }

  /** Stores ends, and rows that have changed; pods that are not among the rows any more are marked as gone. */
  async send(calls: FleetCalls, rows: readonly CoverageRow[], nowMs: number): Promise<void> {
    await this.sendEnds(calls);
    const current = new Map(rows.map((row) => [rowKey(row), row]));
    const changes: { key: string; wire: PodContainer; sent?: Sent }[] = [];
    for (const [key, row] of current) {
      const wire = toWire(row, false);
      const text = textOf(wire);
      const before = this.sent.get(key);
      if (before?.text !== text || nowMs - before.atMs >= RENEW_MS)
        changes.push({ key, wire, sent: { row, text, atMs: nowMs } });
    }
    for (const [key, { row }] of this.sent) if (!current.has(key)) changes.push({ key, wire: toWire(row, true) });
    for (let at = 0; at < changes.length; at += BATCH) {
      const part = changes.slice(at, at + BATCH);
      await calls.record({ containers: part.map(({ wire }) => wire) });
      for (const { key, sent } of part) {
        if (sent) this.sent.set(key, sent);
        else this.sent.delete(key);
      }
    }
    this.forgetEnds(rows);
  }

  private async sendEnds(calls: FleetCalls): Promise<void> {
    const ends = [...this.ends];
    for (let at = 0; at < ends.length; at += BATCH) {
      const part = ends.slice(at, at + BATCH);
      await calls.record({ ends: part.map(([, end]) => endToWire(end)) });
      for (const [key] of part) {
        this.ends.delete(key);
        this.storedEnds.add(key);
      }
    }
  }

  private forgetEnds(rows: readonly CoverageRow[]): void {
    const uids = new Set(rows.map(({ pod }) => pod.uid));
    for (const key of this.storedEnds) if (!uids.has(key.slice(0, key.indexOf("/")))) this.storedEnds.delete(key);
  }
}

const rowKey = ({ pod, container }: CoverageRow): string => `${pod.uid}/${container}`;

/** Its content, for comparison. */
const textOf = (wire: PodContainer): string =>
  JSON.stringify(wire, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
