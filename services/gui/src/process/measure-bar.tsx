"use client";
import type { ReactNode } from "react";
import type { Measure } from "../api/shapes";
import type { Question } from "../question/question";
import type { ChangeQuestion } from "../question/use-question";
import { Segments } from "../ui/segments";
import ui from "../ui/ui.module.css";
import styles from "./process.module.css";

const measures: readonly { value: Measure; label: string; title: string }[] = [
  {
    value: "live",
    label: "live here",
    title: "Allocated by then and not yet freed; click the timeline to choose the moment",
  },
  { value: "allocated", label: "allocated in window", title: "All that was allocated in the window, freed or not" },
  { value: "freed", label: "freed", title: "All that was freed in the window, by the stack that had allocated it" },
  { value: "leaked", label: "leaked", title: "Allocated in the window and never freed" },
  { value: "temporary", label: "temporary", title: "Allocated in the window and freed within 10 ms" },
];

interface MeasureBarProps {
  question: Question;
  running: boolean;
  change: ChangeQuestion;
}

/** What is counted, and how it is weighed. */
export function MeasureBar({ question, running, change }: MeasureBarProps): ReactNode {
  const { measure, weight, invert } = question;
  return (
    <div className={styles.measures}>
      <Segments
        name="Measure"
        value={measure}
        options={measures.map((option) => ({
          value: option.value,
          title: option.title,
          label: (
            <>
              <span className={ui.swatch} style={{ background: `var(--hh-${option.value})` }} aria-hidden="true" />
              {option.value === "leaked" && running ? "not freed so far" : option.label}
            </>
          ),
        }))}
        onChange={(value) => change({ measure: value, sort: null })}
      />
      <Segments
        name="Weight"
        value={weight}
        options={[
          { value: "bytes", label: "bytes" },
          { value: "count", label: "count" },
        ]}
        onChange={(value) => change({ weight: value, sort: null })}
      />
      <span className={styles.grow} />
      <Segments
        name="Direction"
        value={invert ? "up" : "down"}
        options={[
          { value: "down", label: "from main", title: "Callers above, what they call below" },
          { value: "up", label: "from the allocation", title: "Functions that allocate above, their callers below" },
        ]}
        onChange={(value) => change({ invert: value === "up", focus: null })}
      />
    </div>
  );
}
