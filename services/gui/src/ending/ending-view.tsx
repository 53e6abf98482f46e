"use client";
import type { ReactNode } from "react";
import { useEnding } from "../api/queries";
import type { AllocationRow, Ending, EndingStack, Frame } from "../api/shapes";
import { formatBytes, formatDuration, formatMoment } from "../format/format";
import { StackLine } from "../tables/frames";
import { Exact } from "../ui/exact";
import { Failure, Notice, SkeletonRows } from "../ui/states";
import { marksOf } from "./parts";
import styles from "./ending.module.css";

/** The last minute of a process: what filled its memory, what grew, the last large allocations, next to the limit. */
export function EndingView({ process }: { process: string }): ReactNode {
  const { data, error, isPlaceholderData, refetch } = useEnding(process, true);
  if (error !== null) return <Failure compact error={error} retry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows rows={12} />;
  const window = formatDuration(data.toNs - data.fromNs);
  return (
    <div
      className={styles.view}
      data-busy={isPlaceholderData ? "" : undefined}
      tabIndex={0}
      role="region"
      aria-label="Last moments"
    >
      <p className={styles.sentence}>{data.sentence}.</p>
      {data.evidence.length > 0 && (
        <ul className={styles.evidence} aria-label="What that is known from">
          {data.evidence.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <LimitBars ending={data} />
      <StackTable ending={data} window={window} />
      <LargestTable ending={data} window={window} />
    </div>
  );
}

function LimitBars({ ending }: { ending: Ending }): ReactNode {
  const { marks, scaleBytes } = marksOf(ending);
  const { limitBytes } = ending;
  return (
    <dl className={styles.bars} aria-label="Memory at the end">
      {marks.map(({ name, bytes, token }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <span className={styles.track} aria-hidden="true">
              <span
                className={styles.fill}
                style={{ width: `${(bytes / scaleBytes) * 100}%`, background: `var(--hh-${token})` }}
              />
              {limitBytes !== null && (
                <span className={styles.limit} style={{ left: `${(limitBytes / scaleBytes) * 100}%` }} />
              )}
            </span>
            <Exact value={bytes} unit="bytes" />
          </dd>
        </div>
      ))}
      <div>
        <dt>limit</dt>
        <dd>{limitBytes === null ? "none is known" : <Exact value={limitBytes} unit="bytes" />}</dd>
      </div>
    </dl>
  );
}

function StackTable({ ending, window }: { ending: Ending; window: string }): ReactNode {
  const { topStacks, stacks, liveBytes } = ending;
  if (topStacks.length === 0) return <Notice title="Nothing was live" next="Every recorded block had been freed." />;
  return (
    <table className={styles.table} aria-label="Live at the end">
      <caption>
        Live at the end, and what of it came in the last {window} ({growth(ending.growthBytes)} in all)
      </caption>
      <thead>
        <tr>
          <th scope="col">Allocated by</th>
          <th scope="col">Live</th>
          <th scope="col">Share</th>
          <th scope="col">Blocks</th>
          <th scope="col">Grew</th>
        </tr>
      </thead>
      <tbody>
        {topStacks.map((row) => (
          <StackRow key={row.stack} row={row} frames={stacks[row.stack]} liveBytes={liveBytes} />
        ))}
      </tbody>
    </table>
  );
}

interface StackRowProps {
  row: EndingStack;
  frames: Frame[] | undefined;
  liveBytes: number;
}

function StackRow({ row, frames, liveBytes }: StackRowProps): ReactNode {
  const share = liveBytes > 0 ? Math.max(0, row.liveBytes / liveBytes) : 0;
  return (
    <tr>
      <td>
        <StackLine frames={frames} />
      </td>
      <td>
        <Exact value={row.liveBytes} unit="bytes" />
      </td>
      <td>
        <span className={styles.share} style={{ "--share": share } as React.CSSProperties}>
          {(share * 100).toFixed(1)} %
        </span>
      </td>
      <td>
        <Exact value={row.liveCount} unit="count" />
      </td>
      <td className={row.growthBytes > 0 ? styles.grew : undefined} title={`${row.growthCount} blocks`}>
        {growth(row.growthBytes)}
      </td>
    </tr>
  );
}

const growth = (bytes: number): string => (bytes > 0 ? `+${formatBytes(bytes)}` : formatBytes(bytes));

function LargestTable({ ending, window }: { ending: Ending; window: string }): ReactNode {
  const { largest, stacks, toNs, cause } = ending;
  if (largest.length === 0) return <Notice title={`Nothing was allocated in the last ${window}`} />;
  return (
    <table className={styles.table} aria-label="Last large allocations">
      <caption>The largest allocations of the last {window}, the newest first</caption>
      <thead>
        <tr>
          <th scope="col">Allocated by</th>
          <th scope="col">{cause === "running" ? "Before now" : "Before the end"}</th>
          <th scope="col">At</th>
          <th scope="col">Size</th>
          <th scope="col">Lived</th>
        </tr>
      </thead>
      <tbody>
        {largest.map((row) => (
          <LargestRow key={row.id} row={row} frames={stacks[row.stack]} toNs={toNs} />
        ))}
      </tbody>
    </table>
  );
}

function LargestRow({
  row,
  frames,
  toNs,
}: {
  row: AllocationRow;
  frames: Frame[] | undefined;
  toNs: number;
}): ReactNode {
  return (
    <tr>
      <td>
        <StackLine frames={frames} />
      </td>
      <td>{formatDuration(Math.max(0, toNs - row.timeNs))}</td>
      <td>{formatMoment(row.timeNs, 1e6)}</td>
      <td>
        <Exact value={row.size} unit="bytes" />
      </td>
      <td>{row.lifetimeNs === null ? "to the end" : formatDuration(row.lifetimeNs)}</td>
    </tr>
  );
}
