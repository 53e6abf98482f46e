import type { ReactNode } from "react";
import type { ProcessDetail, Timeline, Tree } from "../api/shapes";
import type { Question, TimeWindow } from "../question/question";
import { Skeleton } from "../ui/states";
import styles from "./process.module.css";
import { previewSentence, sentence } from "./sentence";

interface SentenceLineProps {
  question: Question;
  process: ProcessDetail | undefined;
  /** null = the question has no answer. */
  tree: Tree | null | undefined;
  /** The tree still answers the question before. */
  waiting: boolean;
  preview: TimeWindow | null;
  timeline: Timeline | undefined;
}

/** One question, one sentence. */
export function SentenceLine({ question, process, tree, waiting, preview, timeline }: SentenceLineProps): ReactNode {
  if (process === undefined || tree === undefined)
    return (
      <p className={styles.sentence}>
        <Skeleton width={420} height={20} />
      </p>
    );
  if (tree === null) return <p className={styles.sentence}>This question has no answer yet</p>;
  const subject = { ...process, name: process.pod || process.name };
  const dragging = preview !== null && timeline !== undefined;
  const parts = dragging ? previewSentence(question, subject, preview, timeline) : sentence(question, subject, tree);
  return (
    <p
      className={styles.sentence}
      aria-live="polite"
      data-busy={waiting && !dragging ? "" : undefined}
      title={tree.sentence}
    >
      {parts.map((part, index) =>
        part.strong === true ? <strong key={index}>{part.text}</strong> : <span key={index}>{part.text}</span>,
      )}
    </p>
  );
}
