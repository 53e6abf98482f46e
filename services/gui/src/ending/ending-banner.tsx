"use client";
import type { ReactNode } from "react";
import { useEnding } from "../api/queries";
import type { ProcessDetail } from "../api/shapes";
import type { Question } from "../question/question";
import type { ChangeQuestion } from "../question/use-question";
import { Skeleton } from "../ui/states";
import buttons from "../ui/ui.module.css";
import { isSudden, lastMinute } from "./parts";
import styles from "./ending.module.css";

interface BannerProps {
  process: ProcessDetail;
  question: Question;
  change: ChangeQuestion;
}

/** Above everything else on the page of a process that did not leave by itself: how it ended, and where to look. */
export function EndingBanner({ process, question, change }: BannerProps): ReactNode {
  const { data, error } = useEnding(process.process, isSudden(process));
  if (!isSudden(process) || error !== null) return null;
  if (data === undefined)
    return (
      <div className={styles.banner} data-severity="waiting" aria-busy="true">
        <Skeleton width={480} height={20} />
      </div>
    );
  const forMemory = data.cause === "oom_killed" || data.cause === "likely_oom";
  return (
    <section className={styles.banner} data-severity={forMemory ? "bad" : "warn"} aria-label="How it ended">
      <span aria-hidden="true">{forMemory ? "■" : "▲"}</span>
      <p className={styles.bannerText}>{data.sentence}.</p>
      <button
        type="button"
        className={buttons.button}
        title="The timeline, the flame graph and the tables of that time"
        onClick={() => change({ window: lastMinute(data), atNs: null, measure: "leaked" })}
      >
        Show that time
      </button>
      {question.tab !== "ending" && (
        <button type="button" className={buttons.button} onClick={() => change({ tab: "ending", sort: null })}>
          Last moments
        </button>
      )}
    </section>
  );
}
