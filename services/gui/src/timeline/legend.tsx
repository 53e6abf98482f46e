import type { ReactNode } from "react";
import type { Timeline } from "../api/shapes";
import { CONFIDENCE, formatBytes, formatCompact, formatMoment, wallClock } from "../format/format";
import { intervalAt } from "./scale";
import styles from "./timeline.module.css";

interface LegendProps {
  timeline: Timeline;
  /** The moment whose values are shown; the last one when null. */
  ns: number | null;
  startedUnixNs: string;
}

/** Names of the series with their values at one moment, in cells of fixed width: nothing moves while the pointer does. */
export function Legend({ timeline, ns, startedUnixNs }: LegendProps): ReactNode {
  const moment = ns ?? timeline.toNs;
  const at = intervalAt(timeline.timeNs, moment);
  const clock = wallClock(startedUnixNs, moment);
  const stepNs = Math.max((timeline.toNs - timeline.fromNs) / 1000, 1);
  const resident = known(timeline.residentBytes, at);
  const limit = known(timeline.limitBytes, at);
  const anonymous = known(timeline.anonymousBytes, at);
  return (
    <dl className={styles.legend}>
      <Entry
        name="live"
        mark={styles.markLive}
        value={`${formatBytes(timeline.liveBytes[at] ?? 0)}${errorBar(timeline, at)}`}
      />
      <Entry name="RSS" mark={styles.markRss} value={resident === null ? "–" : formatBytes(resident)} />
      {anonymous !== null && (
        <Entry
          name="anonymous"
          mark={styles.markAnonymous}
          title="Resident anonymous memory; what exceeds live is the allocator's: kept free, fragmentation, rounding"
          value={formatBytes(anonymous)}
        />
      )}
      {limit !== null && limit > 0 && <Entry name="limit" mark={styles.markLimit} value={formatBytes(limit)} />}
      <Entry
        name="allocated"
        mark={styles.markAllocated}
        value={`${formatBytes(timeline.allocatedBytesPerSecond[at] ?? 0)}/s`}
      />
      <Entry name="allocations" value={`${formatCompact(timeline.allocationsPerSecond[at] ?? 0)}/s`} />
      <Entry name="frees" value={`${formatCompact(timeline.freesPerSecond[at] ?? 0)}/s`} />
      <div className={styles.legendTime} title={clock.utc}>
        <dt className="hh-visually-hidden">at</dt>
        <dd>
          <span className={styles.clock}>{clock.local}</span>
          {formatMoment(moment, stepNs)}
        </dd>
      </div>
    </dl>
  );
}

/** Where it was sampled: 19 times out of 20 the truth is within this. */
function errorBar({ liveBytesDeviation }: Timeline, at: number): string {
  return liveBytesDeviation === undefined ? "" : ` ± ${formatBytes(CONFIDENCE * (liveBytesDeviation[at] ?? 0))}`;
}

interface EntryProps {
  name: string;
  mark?: string | undefined;
  title?: string;
  value: string;
}

function Entry({ name, mark, title, value }: EntryProps): ReactNode {
  return (
    <div className={styles.legendEntry} title={title}>
      <dt>
        {mark !== undefined && <span className={mark} aria-hidden="true" />}
        {name}
      </dt>
      <dd>{value}</dd>
    </div>
  );
}

/** The last value not after the interval: memory of the process is sampled less often than allocations are counted. */
function known(values: readonly (number | null)[], at: number): number | null {
  for (let index = at; index >= 0; index -= 1) {
    const value = values[index];
    if (value !== null && value !== undefined) return value;
  }
  return null;
}
