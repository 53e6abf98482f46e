"use client";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useRef, useState } from "react";
import { useTimeline } from "../api/queries";
import type { Measure, ProcessDetail, Timeline, Tree } from "../api/shapes";
import { filterParam, windowParams } from "../question/params";
import type { Question, TimeWindow } from "../question/question";
import type { ChangeQuestion } from "../question/use-question";
import { LANES } from "../timeline/lanes";
import { Legend } from "../timeline/legend";
import { TimelineCanvas } from "../timeline/timeline-canvas";
import { WHOLE_RUN } from "../timeline/whole-run";
import { moveWindow, zoomWindow } from "../timeline/window";
import { useKeys } from "../ui/keys";
import { Failure, Skeleton } from "../ui/states";
import styles from "./process.module.css";
import { SentenceLine } from "./sentence-line";

/** Two clicks within this time are a double click: the first one's change of measure is taken back. */
const DOUBLE_CLICK_MS = 500;

interface TimelineSectionProps {
  address: string;
  process: ProcessDetail | undefined;
  tree: UseQueryResult<Tree>;
  question: Question;
  change: ChangeQuestion;
}

/** The sentence and the timeline under it: while a window is dragged both follow the pointer, and nothing else is drawn. */
export function TimelineSection({ address, process, tree, question, change }: TimelineSectionProps): ReactNode {
  const { whole, shown, error, retry } = useTimelines(address, question);
  const [preview, setPreview] = useState<TimeWindow | null>(null);
  return (
    <section className={styles.timeline} aria-label="Timeline">
      <SentenceLine
        question={question}
        process={process}
        tree={tree.error === null ? tree.data : null}
        waiting={tree.isPlaceholderData}
        preview={preview}
        timeline={shown}
      />
      {error !== null ? (
        <div className={styles.timelineBox}>
          <Failure compact error={error} retry={retry} />
        </div>
      ) : process === undefined || whole === undefined || shown === undefined ? (
        <Waiting />
      ) : (
        <Loaded
          process={process}
          timeline={shown}
          whole={whole}
          question={question}
          change={change}
          onPreview={setPreview}
        />
      )}
    </section>
  );
}

interface Timelines {
  /** The whole run, for the overview. */
  whole: Timeline | undefined;
  /** The window in full detail; the whole run until that is there. */
  shown: Timeline | undefined;
  error: Error | null;
  retry: () => void;
}

function useTimelines(address: string, { window, filter }: Question): Timelines {
  const common = { ...WHOLE_RUN, ...filterParam(filter) };
  const whole = useTimeline(address, common, true);
  const zoomed = useTimeline(address, { ...common, ...windowParams(window) }, window !== null);
  const failed = whole.error !== null || window === null ? whole : zoomed;
  return {
    whole: whole.data,
    shown: window === null ? whole.data : (zoomed.data ?? whole.data),
    error: failed.error,
    retry: () => void failed.refetch(),
  };
}

interface LoadedProps {
  process: ProcessDetail;
  timeline: Timeline;
  whole: Timeline;
  question: Question;
  change: ChangeQuestion;
  onPreview: (window: TimeWindow | null) => void;
}

function Loaded({ process, timeline, whole, question, change, onPreview }: LoadedProps): ReactNode {
  const [hoverNs, setHoverNs] = useState<number | null>(null);
  const beforeClick = useRef<{ measure: Measure; time: number }>({ measure: question.measure, time: 0 });
  const durationNs = Math.max(process.durationNs, whole.toNs, 1);
  const view = question.window ?? { fromNs: 0, toNs: durationNs };
  const setWindow = (window: TimeWindow | null): void => change({ window, atNs: null });
  const chooseMoment = (ns: number): void => {
    const now = performance.now();
    if (now - beforeClick.current.time > DOUBLE_CLICK_MS)
      beforeClick.current = { measure: question.measure, time: now };
    change({ atNs: ns, measure: "live" });
  };
  const reset = (): void => {
    const recent = performance.now() - beforeClick.current.time < 2 * DOUBLE_CLICK_MS;
    change({ window: null, atNs: null, ...(recent ? { measure: beforeClick.current.measure } : {}) });
  };
  useKeys({
    "[": () => setWindow(moveWindow(question.window, durationNs, -0.25)),
    "]": () => setWindow(moveWindow(question.window, durationNs, 0.25)),
    "+": () => change({ window: zoomWindow(question, durationNs, 0.5) }),
    "=": () => change({ window: zoomWindow(question, durationNs, 0.5) }),
    "-": () => change({ window: zoomWindow(question, durationNs, 2) }),
    Escape: () => change(question.atNs === null ? { window: null } : { atNs: null }),
  });
  return (
    <>
      <Legend timeline={timeline} ns={hoverNs ?? question.atNs} startedUnixNs={process.startedUnixNs} />
      <TimelineCanvas
        timeline={timeline}
        whole={whole}
        view={view}
        durationNs={durationNs}
        weight={question.weight}
        atNs={question.measure === "live" ? question.atNs : null}
        label={`Live memory and allocation rate of ${process.name} over time. Brackets move the window, plus and minus zoom.`}
        onHover={setHoverNs}
        onPreview={onPreview}
        onWindow={(window) => (window === null ? reset() : setWindow(window))}
        onMoment={chooseMoment}
      />
    </>
  );
}

function Waiting(): ReactNode {
  return (
    <div
      className={styles.timelineWaiting}
      style={{ height: LANES.height + 20 }}
      role="group"
      aria-busy="true"
      aria-label="Loading the timeline"
    >
      <Skeleton width="100%" height={LANES.height - 8} />
    </div>
  );
}
