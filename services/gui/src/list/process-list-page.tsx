"use client";
import { useRouter, useSearchParams } from "next/navigation";
import type { ReactNode } from "react";
import { useRef } from "react";
import { useLive } from "../api/live";
import { useProcesses } from "../api/queries";
import type { ProcessList } from "../api/shapes";
import { formatBytes, formatCount } from "../format/format";
import type { Sort } from "../question/question";
import { useKeys } from "../ui/keys";
import { Shell } from "../ui/shell";
import { Command, Failure, Notice, Skeleton, SkeletonRows } from "../ui/states";
import ui from "../ui/ui.module.css";
import { LIST_SORTS, ListTable } from "./list-table";
import styles from "./list.module.css";

const LIMIT = 500;
const DEFAULT_SORT: Sort = { key: "started", descending: true };

/** The list of processes: search and order are in the address, news of running ones renew it. */
export function ProcessListPage(): ReactNode {
  const params = useSearchParams();
  const router = useRouter();
  const search = params.get("search") ?? "";
  const sort = parseSort(params.get("sort"));
  const query = useProcesses({ search, sort: sort.key, order: sort.descending ? "desc" : "asc", limit: LIMIT });
  const box = useRef<HTMLInputElement>(null);
  useLive("all");
  useKeys({ "/": () => box.current?.focus() });

  const change = (next: { search?: string; sort?: Sort }, how: "push" | "replace"): void => {
    const address = new URLSearchParams(window.location.search);
    if (next.search !== undefined) setOrDrop(address, "search", next.search);
    if (next.sort !== undefined) setOrDrop(address, "sort", printSort(next.sort));
    const url = address.size === 0 ? window.location.pathname : `?${address.toString()}`;
    if (how === "push") window.history.pushState(null, "", url);
    else window.history.replaceState(null, "", url);
  };
  const header = (
    <div className={styles.searchBox}>
      <input
        ref={box}
        type="search"
        className={styles.search}
        aria-label="Search processes"
        placeholder="Search: program, arguments, pod, host"
        defaultValue={search}
        onChange={(event) => change({ search: event.target.value }, "replace")}
        onKeyDown={(event) => {
          const first = query.data?.processes[0];
          if (event.key === "Enter" && first !== undefined) router.push(`/p/${first.process}`);
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      <span className={styles.searchKey} aria-hidden="true">
        <span className={ui.kbd}>/</span>
      </span>
    </div>
  );
  return (
    <Shell header={header}>
      <Summary list={query.data} search={search} />
      <Content query={query} search={search} sort={sort} onSort={(next) => change({ sort: next }, "push")} />
    </Shell>
  );
}

interface ContentProps {
  query: ReturnType<typeof useProcesses>;
  search: string;
  sort: Sort;
  onSort: (sort: Sort) => void;
}

function Content({ query, search, sort, onSort }: ContentProps): ReactNode {
  const { data, error, refetch } = query;
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <SkeletonRows rows={16} />;
  if (data.processes.length === 0 && search !== "")
    return (
      <Notice
        title={`No process matches “${search}”`}
        next="The search looks at program, arguments, pod, workload and host."
      />
    );
  if (data.processes.length === 0)
    return (
      <Notice
        title="No process has been recorded yet"
        next="Run any program with the profiler; it appears here at once and stays."
      >
        <Command text="npm run -s heaphound -- run -- PROGRAM" />
      </Notice>
    );
  return <ListTable list={data} sort={sort} onSort={onSort} />;
}

/** "38 processes, 2 running, 61.2 GiB live". */
function Summary({ list, search }: { list: ProcessList | undefined; search: string }): ReactNode {
  if (list === undefined)
    return (
      <p className={styles.summary}>
        <Skeleton width={280} height={20} />
      </p>
    );
  const running = list.processes.filter((process) => process.running);
  const live = running.reduce((sum, process) => sum + process.liveBytes, 0);
  const found = search === "" ? "" : " found";
  return (
    <p className={styles.summary}>
      <strong>{formatCount(list.total)}</strong> {list.total === 1 ? "process" : "processes"}
      {found}
      {running.length > 0 && (
        <>
          , <strong>{formatCount(running.length)}</strong> running with <strong>{formatBytes(live)}</strong> live
        </>
      )}
      {list.total > list.processes.length && `; the first ${formatCount(list.processes.length)} are shown`}
    </p>
  );
}

function parseSort(text: string | null): Sort {
  const match = /^(-?)([a-z]+)$/.exec(text ?? "");
  const key = match?.[2];
  return key !== undefined && LIST_SORTS.has(key) ? { key, descending: match?.[1] === "-" } : DEFAULT_SORT;
}

function printSort(sort: Sort): string {
  const same = sort.key === DEFAULT_SORT.key && sort.descending === DEFAULT_SORT.descending;
  return same ? "" : `${sort.descending ? "-" : ""}${sort.key}`;
}

function setOrDrop(params: URLSearchParams, name: string, value: string): void {
  if (value === "") params.delete(name);
  else params.set(name, value);
}
