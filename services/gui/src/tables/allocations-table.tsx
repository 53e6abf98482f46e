"use client";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { ReactNode } from "react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useAllocations } from "../api/queries";
import type { AllocationRow, Frame } from "../api/shapes";
import { formatCount, formatDuration, formatMoment, wallClock } from "../format/format";
import { andFilter, functionIs } from "../question/filter";
import { allocationParams } from "../question/params";
import type { Question, Sort } from "../question/question";
import type { ChangeQuestion } from "../question/use-question";
import { Exact } from "../ui/exact";
import { Failure, Notice, SkeletonRows } from "../ui/states";
import type { Column } from "./column-head";
import { ColumnHead } from "./column-head";
import { FrameList, StackLine } from "./frames";
import { sortOf, sortParams } from "./sort";
import styles from "./tables.module.css";

const PAGE = 200;
const ROW_PX = 28;

const columns: readonly Column[] = [
  { key: "time", label: "Time", numeric: true, title: "Since the start of the process" },
  { key: "size", label: "Size", numeric: true },
  { key: "lifetime", label: "Lifetime", numeric: true, title: "Until it was freed" },
  { key: "address", label: "Address" },
  { key: "kind", label: "By", sortable: false },
  { key: "thread", label: "Thread", numeric: true, sortable: false },
  { key: "stack", label: "Allocated by", sortable: false },
];
const template = "116px 88px 96px 136px 64px 56px minmax(320px, 1fr)";
const DEFAULT_SORT: Sort = { key: "time", descending: false };

interface AllocationsTableProps {
  process: string;
  startedUnixNs: string;
  running: boolean;
  /** Rows are not all that happened. */
  isPartial: boolean;
  question: Question;
  change: ChangeQuestion;
}

export function AllocationsTable({ process, question, change, isPartial, ...facts }: AllocationsTableProps): ReactNode {
  const sort = sortOf(question.sort, columns, DEFAULT_SORT);
  const query = useAllocations(process, { ...allocationParams(question), ...sortParams(sort), limit: PAGE });
  const { data, error } = query;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.rows) ?? [], [data]);
  const stacks = useMemo(() => Object.assign({}, ...(data?.pages.map((page) => page.stacks) ?? [])) as Stacks, [data]);
  if (error !== null) return <Failure compact error={error} retry={() => void query.refetch()} />;
  if (data === undefined) return <SkeletonRows rows={12} />;
  if (rows.length === 0)
    return (
      <Notice
        title="No allocation answers this question"
        next="Widen the window or the filter, or choose another measure."
      />
    );
  return (
    <div className={styles.panel} data-busy={query.isPlaceholderData ? "" : undefined}>
      <Rows
        rows={rows}
        stacks={stacks}
        {...facts}
        head={
          <ColumnHead columns={columns} template={template} sort={sort} onSort={(next) => change({ sort: next })} />
        }
        onEnd={() => {
          if (query.hasNextPage && !query.isFetchingNextPage) void query.fetchNextPage();
        }}
        onFilter={(name) => change({ filter: andFilter(question.filter, functionIs(name)), focus: null })}
      />
      <p className={styles.more}>
        {formatCount(rows.length)} of {formatCount(data.pages[0]?.total ?? 0)} allocations
        {query.isFetchingNextPage && ", more are coming"}
        {isPartial && "; what was only counted, or not sampled, has no row of its own"}
      </p>
    </div>
  );
}

type Stacks = Partial<Record<number, Frame[]>>;

interface RowsProps {
  rows: readonly AllocationRow[];
  stacks: Stacks;
  startedUnixNs: string;
  running: boolean;
  head: ReactNode;
  onEnd: () => void;
  onFilter: (name: string) => void;
}

function Rows({ rows, stacks, startedUnixNs, running, head, onEnd, onFilter }: RowsProps): ReactNode {
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<string | null>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const nearEnd = (items.at(-1)?.index ?? 0) >= rows.length - 20;
  const end = useRef(onEnd);
  useEffect(() => {
    end.current = onEnd;
  });
  useEffect(() => {
    if (nearEnd) end.current();
  }, [nearEnd, rows.length]);
  return (
    <div ref={scroller} className={styles.scroller} role="table" aria-label="Allocations" tabIndex={0}>
      <div className={styles.grid} role="rowgroup">
        {head}
      </div>
      <div
        className={`${styles.grid ?? ""} ${styles.virtual ?? ""}`}
        role="rowgroup"
        style={{ height: virtual.getTotalSize() }}
      >
        {items.map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          const isOpen = open === row.id;
          return (
            <div
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              className={styles.item}
              role="presentation"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Row
                row={row}
                frames={stacks[row.stack]}
                startedUnixNs={startedUnixNs}
                running={running}
                open={isOpen}
                onToggle={() => setOpen(isOpen ? null : row.id)}
              />
              {isOpen && (
                <div role="row">
                  <div role="cell">
                    <FrameList frames={stacks[row.stack] ?? []} onFilter={onFilter} />
                  </div>
                </div>
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface RowProps {
  row: AllocationRow;
  frames: Frame[] | undefined;
  startedUnixNs: string;
  running: boolean;
  open: boolean;
  onToggle: () => void;
}

function Row({ row, frames, startedUnixNs, running, open, onToggle }: RowProps): ReactNode {
  return (
    <div
      className={styles.row}
      role="row"
      style={{ gridTemplateColumns: template, cursor: "pointer" }}
      onClick={() => window.getSelection()?.isCollapsed !== false && onToggle()}
    >
      <span role="cell" className={styles.number} title={wallClock(startedUnixNs, row.timeNs).utc}>
        {formatMoment(row.timeNs, 1e3)}
      </span>
      <span role="cell" className={styles.number}>
        <Exact value={row.size} unit="bytes" />
      </span>
      <span role="cell" className={styles.number}>
        {row.lifetimeNs === null ? (
          <span className={running ? styles.muted : styles.leaked}>{running ? "live" : "leaked"}</span>
        ) : (
          <span title={`${formatCount(row.lifetimeNs)} ns`}>{formatDuration(row.lifetimeNs)}</span>
        )}
      </span>
      <span role="cell" className={styles.mono}>
        {row.address}
      </span>
      <span role="cell">{row.kind}</span>
      <span role="cell" className={styles.number}>
        {row.thread}
      </span>
      <span role="cell" className={styles.frame}>
        <button
          type="button"
          className={styles.sortable}
          aria-expanded={open}
          aria-label={`Frames of allocation ${row.id}`}
          onClick={(event) => {
            event.stopPropagation();
            onToggle();
          }}
        >
          {open ? "▾" : "▸"}
        </button>
        <StackLine frames={frames} />
      </span>
    </div>
  );
}
