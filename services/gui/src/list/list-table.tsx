"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import Link from "next/link";
import type { ReactNode } from "react";
import { useRef } from "react";
import type { ProcessList, ProcessSummary } from "../api/shapes";
import { formatBytes, formatCompact, formatCount, wallClock } from "../format/format";
import type { Sort } from "../question/question";
import type { Column } from "../tables/column-head";
import { ColumnHead } from "../tables/column-head";
import tables from "../tables/tables.module.css";
import { Exact } from "../ui/exact";
import { LiveDot } from "../ui/live-dot";
import { Runtime } from "../ui/runtime";
import styles from "./list.module.css";

const columns: readonly Column[] = [
  { key: "name", label: "Process" },
  { key: "place", label: "Where", sortable: false },
  { key: "started", label: "Started", numeric: true },
  { key: "duration", label: "Duration", numeric: true },
  { key: "memory", label: "", sortable: false, title: "Live and peak, against the largest of the list" },
  { key: "live", label: "Live", numeric: true },
  { key: "peak", label: "Peak", numeric: true },
  { key: "allocations", label: "Allocations", numeric: true },
  { key: "losses", label: "Missing", numeric: true, sortable: false, title: "Events that could not be recorded" },
];
const template = "minmax(280px, 1fr) minmax(100px, 240px) 140px 96px 120px 96px 96px 128px 96px";

/** What the API can order the list by. */
export const LIST_SORTS: ReadonlySet<string> = new Set(["started", "name", "live", "peak", "allocations", "duration"]);

interface ListTableProps {
  list: ProcessList;
  sort: Sort;
  onSort: (sort: Sort) => void;
}

export function ListTable({ list: { processes }, sort, onSort }: ListTableProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: processes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 36,
    getItemKey: (index) => processes[index]?.process ?? index,
    overscan: 10,
  });
  const largest = processes.reduce((most, process) => Math.max(most, process.peakLiveBytes), 1);
  return (
    <div
      ref={scroller}
      className={`${tables.scroller ?? ""} ${styles.scroller ?? ""}`}
      role="table"
      aria-label="Processes"
      tabIndex={0}
    >
      <div className={styles.grid} role="rowgroup">
        <ColumnHead columns={columns} template={template} sort={sort} onSort={onSort} />
      </div>
      <div
        className={`${styles.grid ?? ""} ${tables.virtual ?? ""}`}
        role="rowgroup"
        style={{ height: rows.getTotalSize() }}
      >
        {rows.getVirtualItems().map((item) => {
          const process = processes[item.index];
          if (process === undefined) return null;
          return (
            <div
              key={item.key}
              className={tables.item}
              role="presentation"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Row process={process} largest={largest} />
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Row({ process, largest }: { process: ProcessSummary; largest: number }): ReactNode {
  const started = wallClock(process.startedUnixNs, 0);
  const place = process.pod || process.hostname;
  const isEstimate = process.isSampled === true;
  return (
    <div className={`${tables.row ?? ""} ${styles.row ?? ""}`} role="row" style={{ gridTemplateColumns: template }}>
      <span role="cell" className={styles.process}>
        <LiveDot running={process.running} endReason={process.endReason} />
        <Link className={styles.link} href={`/p/${process.process}`} prefetch={false}>
          {process.name}
        </Link>
        <span className={styles.arguments} title={[process.executable, ...process.arguments.slice(1)].join(" ")}>
          {process.arguments.slice(1).join(" ")}
        </span>
      </span>
      <span
        role="cell"
        className={styles.place}
        title={[process.namespace, process.workload, place].filter(Boolean).join(" / ")}
      >
        {place} <span className={tables.muted}>{process.pid}</span>
      </span>
      <span role="cell" className={tables.number} title={started.utc}>
        <span className={tables.muted}>{started.day.slice(5)}</span> {started.local}
      </span>
      <span role="cell" className={tables.number}>
        <Runtime process={process} />
      </span>
      <MemoryBar process={process} largest={largest} />
      <span role="cell" className={tables.number}>
        <Exact value={process.liveBytes} unit="bytes" isEstimate={isEstimate} />
      </span>
      <span role="cell" className={tables.number}>
        <Exact value={process.peakLiveBytes} unit="bytes" isEstimate={isEstimate} />
      </span>
      <span role="cell" className={tables.number}>
        <Exact value={process.allocations} unit="count" isEstimate={isEstimate} />
      </span>
      <span role="cell" className={tables.number}>
        {process.lossCount === 0 ? (
          <span className={tables.muted}>none</span>
        ) : (
          <Link
            className={styles.lost}
            href={`/p/${process.process}?tab=losses`}
            prefetch={false}
            title={`${formatCount(process.lossCount)} losses: what is missing and why`}
          >
            <span aria-hidden="true">▲</span> {formatCompact(process.lossCount)}
          </Link>
        )}
      </span>
    </div>
  );
}

/** Peak as a light bar, what is live within it as a dark one. */
function MemoryBar({ process, largest }: { process: ProcessSummary; largest: number }): ReactNode {
  const { liveBytes, peakLiveBytes } = process;
  return (
    <span
      role="cell"
      className={styles.bar}
      title={`${formatBytes(liveBytes)} live of ${formatBytes(peakLiveBytes)} peak`}
    >
      <span className={styles.barPeak} style={{ width: `${(peakLiveBytes / largest) * 100}%` }} />
      <span className={styles.barLive} style={{ width: `${(liveBytes / largest) * 100}%` }} />
    </span>
  );
}
