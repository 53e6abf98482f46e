"use client";
import type { ReactNode } from "react";
import { useMemo } from "react";
import { useGroups, useTimeline } from "../api/queries";
import type { ProcessDetail, Timeline } from "../api/shapes";
import { formatBytes, formatDuration, formatShare, wallClock } from "../format/format";
import { functionIs } from "../question/filter";
import type { ChangeQuestion } from "../question/use-question";
import { WHOLE_RUN } from "../timeline/whole-run";
import { Exact } from "../ui/exact";
import { runtimeNs } from "../ui/runtime";
import { Skeleton } from "../ui/states";
import buttons from "../ui/ui.module.css";
import { sourceLine } from "../flame/facts";
import { limitOf, type Limit } from "./limit";
import { rateOf } from "./rate";
import { residentTrendOf, trendOf, type Trend } from "./trend";
import styles from "./standing.module.css";

interface StandingProps {
  address: string;
  process: ProcessDetail | undefined;
  change: ChangeQuestion;
}

/** The first thing to know: does it grow, since when, by which stack, and how far is it from its limit? */
export function StandingLine({ address, process, change }: StandingProps): ReactNode {
  const { data: timeline, error } = useTimeline(address, WHOLE_RUN, true);
  const trend = useMemo(
    () => (timeline === undefined || process === undefined ? undefined : trendOf(untilNow(timeline, process))),
    [timeline, process],
  );
  const resident = useMemo(() => (timeline === undefined ? undefined : residentTrendOf(timeline)), [timeline]);
  if (error !== null) return null; // the timeline below says what is wrong
  return (
    <section className={styles.line} aria-label="Standing">
      {trend === undefined || resident === undefined || process === undefined ? (
        <Waiting width={480} />
      ) : (
        <>
          <TrendText process={process} trend={trend} />
          {trend.kind === "grows" ? (
            <Grower address={address} trend={trend} change={change} />
          ) : (
            <ResidentText process={process} trend={resident} change={change} />
          )}
          <LimitText limit={limitOf(process, trend.kind === "grows" ? trend : resident)} />
          {missesRecords(process) && (
            <span className={styles.doubt} title="What is missing may grow too, or be freed">
              as far as was recorded
            </span>
          )}
        </>
      )}
    </section>
  );
}

/** Less than this much more of resident memory is the allocator at work. */
const LEAST_RESIDENT = 2 ** 20;

/** Memory that is mapped, or kept by the allocator: no stack of a live block explains it, the memory map may. */
function ResidentText({
  process,
  trend,
  change,
}: Pick<StandingProps, "change"> & { process: ProcessDetail; trend: Trend }): ReactNode {
  if (trend.kind !== "grows" || trend.bytes < LEAST_RESIDENT) return null;
  const { running } = process;
  return (
    <span className={styles.grower}>
      <span>
        <span className={styles.grows} aria-hidden="true">
          ▲
        </span>{" "}
        Resident memory {running ? "grows" : "grew"} by{" "}
        <strong>{rateOf(trend.bytesPerSecond, trend.untilNs - trend.sinceNs)}</strong>, live memory{" "}
        {running ? "does" : "did"} not
      </span>
      <button type="button" className={buttons.button} onClick={() => change({ tab: "maps", sort: null })}>
        Memory map
      </button>
    </span>
  );
}

function Waiting({ width }: { width: number }): ReactNode {
  return (
    <span aria-busy="true">
      <Skeleton width={width} height={20} />
    </span>
  );
}

/** What is live stays so while nothing happens; the recording of an idle process ends with its last event. */
function untilNow(timeline: Timeline, process: ProcessDetail): Pick<Timeline, "fromNs" | "timeNs" | "liveBytes"> {
  const { fromNs, timeNs, liveBytes } = timeline;
  const nowNs = runtimeNs(process, Date.now());
  if (!process.running || nowNs <= (timeNs.at(-1) ?? 0)) return timeline;
  return { fromNs, timeNs: [...timeNs, nowNs], liveBytes: [...liveBytes, liveBytes.at(-1) ?? 0] };
}

/** Records, not just the end of a killed process. */
function missesRecords({ losses, lossCount }: ProcessDetail): boolean {
  return lossCount > 0 && losses.some(({ kind, isByMode }) => kind !== "unseen_end" && isByMode !== true);
}

/** As many as there may be room for. */
const CALLERS = 3;

type Grows = Extract<Trend, { kind: "grows" }>;

function TrendText({ process, trend }: { process: ProcessDetail; trend: Trend }): ReactNode {
  const { running, startedUnixNs } = process;
  switch (trend.kind) {
    case "unknown":
      return (
        <span className={styles.muted}>
          {running ? "Too short to say whether it grows" : "Too short a run to say whether it grew"}
        </span>
      );
    case "varies":
      return (
        <span className={styles.muted}>
          {running ? "Goes up and down, no steady growth" : "Went up and down, no steady growth"}
        </span>
      );
    case "steady":
      return (
        <span>
          <span className={styles.steady} aria-hidden="true">
            ●
          </span>{" "}
          {running ? "Steady" : "Was steady"} for {formatDuration(trend.untilNs - trend.sinceNs)}
        </span>
      );
    case "grows": {
      const since = wallClock(startedUnixNs, trend.sinceNs);
      const spanNs = trend.untilNs - trend.sinceNs;
      return (
        <span>
          <span className={styles.grows} aria-hidden="true">
            ▲
          </span>{" "}
          {running ? "Grows" : "Grew"} by{" "}
          <strong title={`${formatBytes(trend.bytes)} in ${formatDuration(spanNs)}`}>
            {rateOf(trend.bytesPerSecond, spanNs)}
          </strong>{" "}
          <span title={since.utc}>
            {running ? "since" : "from"} <strong>{since.local}</strong>
          </span>{" "}
          ({formatDuration(spanNs)})
        </span>
      );
    }
  }
}

/** The stack that most of the growth comes from: of what came since then and is still there, the largest part. */
function Grower({ address, trend, change }: { address: string; trend: Grows; change: ChangeQuestion }): ReactNode {
  const window = { from: String(trend.sinceNs), measure: "leaked", weight: "bytes" };
  const { data } = useGroups(address, { ...window, to: undefined, sort: "bytes", order: "desc", limit: 1 });
  if (data === undefined) return <Waiting width={240} />;
  const [group] = data.groups;
  const [own, ...callers] = group?.frames ?? [];
  if (group === undefined || own === undefined) return null;
  const source = sourceLine(own.file, own.line);
  return (
    <span className={styles.grower}>
      <span>mostly</span>
      <button
        type="button"
        className={styles.function}
        title={`${own.function}: what came since then and is still there, by this function`}
        onClick={() => show(functionIs(own.function))}
      >
        {own.function}
      </button>
      <span>{formatShare(group.bytes / Math.max(1, data.totalBytes))}</span>
      <span className={styles.callers} title={group.frames.map((frame) => frame.function).join("\n")}>
        {[source, ...callers.slice(0, CALLERS).map((caller) => `← ${caller.function}`)].join(" ")}
      </span>
      <button type="button" className={buttons.button} onClick={() => show("")}>
        Show what grows
      </button>
    </span>
  );

  function show(filter: string): void {
    change({
      window: { fromNs: trend.sinceNs, toNs: trend.untilNs },
      atNs: null,
      measure: "leaked",
      focus: null,
      filter,
    });
  }
}

function LimitText({ limit }: { limit: Limit | null }): ReactNode {
  if (limit === null) return <span className={styles.muted}>no memory limit</span>;
  const { usedBytes, limitBytes, share, fullInNs, severity } = limit;
  return (
    <span
      className={styles.limit}
      data-severity={severity}
      title="Resident memory against the limit of the control group"
    >
      <span className={styles.track} aria-hidden="true">
        <span className={styles.fill} style={{ width: `${Math.min(1, share) * 100}%` }} />
      </span>
      <span>
        <Exact value={usedBytes} unit="bytes" /> of <Exact value={limitBytes} unit="bytes" />, {formatShare(share)}
        {fullInNs !== null && (
          <>
            , full in about <strong>{formatDuration(fullInNs)}</strong>
          </>
        )}
      </span>
    </span>
  );
}
