import { describe, REASONS } from "@heaphound/injection";
import type { CoverageRow } from "./coverage.js";

/** A gap of one workload, to be told where people look. */
export interface Gap {
  row: CoverageRow;
  message: string;
}

const AGAIN_MS = 3_600_000;
const MAX_PER_ROUND = 20;
const MAX_REMEMBERED = 5_000;

/**
 * Which gaps are worth an Event: those that were there in the round before too, each once an hour per workload and reason, and
 * not too many at once.
 */
export class GapEvents {
  private before = new Set<string>();
  private readonly toldMs = new Map<string, number>();

  /** Call once per round with everything. */
  choose(rows: readonly CoverageRow[], nowMs: number): Gap[] {
    const seen = new Set<string>();
    const gaps: Gap[] = [];
    for (const row of rows) {
      const [finding] = row.findings;
      if (!finding || REASONS[finding.code].severity !== "gap") continue;
      const key = `${row.pod.namespace}/${row.workload}/${finding.code}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (this.before.has(key) && gaps.length < MAX_PER_ROUND && this.isDue(key, nowMs))
        gaps.push({ row, message: describe(finding) });
    }
    this.before = seen;
    return gaps;
  }

  private isDue(key: string, nowMs: number): boolean {
    if (nowMs - (this.toldMs.get(key) ?? -Infinity) < AGAIN_MS) return false;
    this.toldMs.delete(key);
    this.toldMs.set(key, nowMs);
    const [oldest] = this.toldMs.keys();
    if (this.toldMs.size > MAX_REMEMBERED && oldest !== undefined) this.toldMs.delete(oldest);
    return true;
  }
}
