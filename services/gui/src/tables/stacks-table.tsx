"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { ReactNode } from "react";
import { useRef, useState } from "react";
import { useGroups } from "../api/queries";
import type { StackGroup } from "../api/shapes";
import { formatBytes, formatCount } from "../format/format";
import { andFilter, functionIs } from "../question/filter";
import { tableParams } from "../question/params";
import type { Question } from "../question/question";
import type { ChangeQuestion } from "../question/use-question";
import { Exact } from "../ui/exact";
import { Failure, Notice, SkeletonRows } from "../ui/states";
import type { Column } from "./column-head";
import { ColumnHead } from "./column-head";
import { FrameList, StackLine } from "./frames";
import { sortOf, sortParams } from "./sort";
import styles from "./tables.module.css";

/** More stacks than this nobody scrolls through; the footer says how to get to the others. */
const LIMIT = 1000;
const ROW_PX = 28;

const columns: readonly Column[] = [
  { key: "stack", label: "Allocated by", sortable: false },
  { key: "bytes", label: "Bytes", numeric: true, title: "Bytes of the chosen measure" },
  { key: "count", label: "Count", numeric: true, title: "Allocations of the chosen measure" },
  { key: "allocations", label: "Allocations", numeric: true, title: "All allocations within the window" },
  { key: "temporaries", label: "Temporary", numeric: true, title: "Freed within 10 ms" },
  { key: "leakedBytes", label: "Leaked", numeric: true, title: "Bytes never freed" },
  { key: "meanLifetimeNs", label: "Lifetime", numeric: true, title: "Mean time from allocation to free" },
  { key: "maxSize", label: "Sizes", numeric: true, title: "Smallest and largest allocation" },
];
const template = "minmax(280px, 1fr) 152px 84px 96px 88px 88px 88px 136px";

interface StacksTableProps {
  process: string;
  question: Question;
  change: ChangeQuestion;
}

export function StacksTable({ process, question, change }: StacksTableProps): ReactNode {
  const sort = sortOf(question.sort, columns, { key: question.weight, descending: true });
  const { data, error, isPlaceholderData, refetch } = useGroups(process, {
    ...tableParams(question),
    ...sortParams(sort),
    limit: LIMIT,
  });
  if (error !== null) return <Failure compact error={error} retry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows rows={12} />;
  if (data.groups.length === 0)
    return (
      <Notice
        title="No stack answers this question"
        next="Widen the window or the filter, or choose another measure."
      />
    );
  const total = question.weight === "bytes" ? data.totalBytes : data.totalCount;
  return (
    <div className={styles.panel} data-busy={isPlaceholderData ? "" : undefined}>
      <StackRows
        groups={data.groups}
        shareOf={(group) => (total > 0 ? (question.weight === "bytes" ? group.bytes : group.count) / total : 0)}
        head={
          <ColumnHead columns={columns} template={template} sort={sort} onSort={(next) => change({ sort: next })} />
        }
        onFilter={(name) => change({ filter: andFilter(question.filter, functionIs(name)), focus: null })}
      />
      {data.totalStacks > data.groups.length && (
        <p className={styles.more}>
          The first {formatCount(data.groups.length)} of {formatCount(data.totalStacks)} stacks. Narrow the question to
          see the others.
        </p>
      )}
    </div>
  );
}

interface StackRowsProps {
  groups: readonly StackGroup[];
  shareOf: (group: StackGroup) => number;
  head: ReactNode;
  onFilter: (name: string) => void;
}

function StackRows({ groups, shareOf, head, onFilter }: StackRowsProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const rows = useVirtualizer({
    count: groups.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => groups[index]?.stack ?? index,
    overscan: 12,
  });
  const toggle = (stack: number): void => {
    const next = new Set(open);
    if (!next.delete(stack)) next.add(stack);
    setOpen(next);
  };
  return (
    <div
      ref={scroller}
      className={styles.scroller}
      role="table"
      aria-label="Stacks"
      aria-rowcount={groups.length + 1}
      tabIndex={0}
    >
      <div className={styles.grid} role="rowgroup">
        {head}
      </div>
      <div
        className={`${styles.grid ?? ""} ${styles.virtual ?? ""}`}
        role="rowgroup"
        style={{ height: rows.getTotalSize() }}
      >
        {rows.getVirtualItems().map((item) => {
          const group = groups[item.index];
          if (group === undefined) return null;
          return (
            <div
              key={item.key}
              ref={rows.measureElement}
              data-index={item.index}
              className={styles.item}
              role="presentation"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <StackRow
                group={group}
                share={shareOf(group)}
                open={open.has(group.stack)}
                onToggle={() => toggle(group.stack)}
              />
              {open.has(group.stack) && <OpenStack group={group} onFilter={onFilter} />}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface StackRowProps {
  group: StackGroup;
  share: number;
  open: boolean;
  onToggle: () => void;
}

function StackRow({ group, share, open, onToggle }: StackRowProps): ReactNode {
  const isEstimate = group.bytesDeviation !== undefined;
  const sizes =
    group.minSize === group.maxSize
      ? formatBytes(group.minSize)
      : `${formatBytes(group.minSize)} – ${formatBytes(group.maxSize)}`;
  return (
    <div
      className={styles.row}
      role="row"
      style={{ gridTemplateColumns: template, cursor: "pointer" }}
      onClick={() => window.getSelection()?.isCollapsed !== false && onToggle()}
    >
      <span role="cell" className={styles.frame}>
        <button
          type="button"
          className={styles.sortable}
          aria-expanded={open}
          aria-label={`Frames of stack ${group.stack}`}
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
          {open ? "▾" : "▸"}
        </button>
        <StackLine frames={group.frames} />
      </span>
      <span role="cell" className={styles.barCell}>
        <span className={styles.bar} style={{ width: `${Math.max(0, share) * 100}%` }} aria-hidden="true" />
        <Exact value={group.bytes} unit="bytes" isEstimate={isEstimate} deviation={group.bytesDeviation} />
      </span>
      <span role="cell" className={styles.number}>
        <Exact value={group.count} unit="count" isEstimate={isEstimate} />
      </span>
      <span role="cell" className={styles.number}>
        <Exact value={group.allocations} unit="count" isEstimate={isEstimate} />
      </span>
      <span role="cell" className={styles.number}>
        <Exact value={group.temporaries} unit="count" isEstimate={isEstimate} />
      </span>
      <span role="cell" className={`${styles.number ?? ""} ${group.leakedBytes > 0 ? (styles.leaked ?? "") : ""}`}>
        <Exact value={group.leakedBytes} unit="bytes" isEstimate={isEstimate} />
      </span>
      <span role="cell" className={styles.number}>
        <Exact value={group.meanLifetimeNs} unit="ns" />
      </span>
      <span
        role="cell"
        className={styles.number}
        title={`${formatCount(group.minSize)} to ${formatCount(group.maxSize)} bytes`}
      >
        {sizes}
      </span>
    </div>
  );
}

function OpenStack({ group, onFilter }: { group: StackGroup; onFilter: (name: string) => void }): ReactNode {
  return (
    <div role="row">
      <div role="cell">
        <FrameList frames={group.frames} onFilter={onFilter} />
      </div>
    </div>
  );
}
