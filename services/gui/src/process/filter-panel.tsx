import type { ReactNode } from "react";
import type { QuestionProblem } from "../api/queries";
import type { Hint } from "./hints";
import styles from "./process.module.css";

interface FilterPanelProps {
  id: string;
  text: string;
  problem: QuestionProblem | undefined;
  hints: readonly Hint[];
  active: number;
  onTake: (index: number) => void;
}

/** Under the filter: what is wrong and where, and what could come next. */
export function FilterPanel({ id, text, problem, hints, active, onTake }: FilterPanelProps): ReactNode {
  if (problem === undefined && hints.length === 0) return null;
  return (
    <div className={styles.filterPanel}>
      {problem !== undefined && <Problem text={text} problem={problem} />}
      <ul id={id} className={styles.hints} role="listbox" aria-label="Suggestions">
        {hints.map((hint, index) => (
          <li
            key={hint.insert}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === active}
            onPointerDown={(event) => {
              // The input keeps the focus.
              event.preventDefault();
              onTake(index);
            }}
          >
            <code>{hint.insert}</code>
            <span>{hint.about}</span>
            <code className={styles.example}>{hint.example}</code>
          </li>
        ))}
      </ul>
    </div>
  );
}

const AROUND = 40;

function Problem({ text, problem }: { text: string; problem: QuestionProblem }): ReactNode {
  const { position, message, advice } = problem;
  return (
    <p className={styles.problem} role="alert">
      <code>
        {text.slice(Math.max(0, position - AROUND), position)}
        <mark>{text.slice(position, position + 1).trim() || "␣"}</mark>
        {text.slice(position + 1, position + AROUND)}
      </code>
      <span>{[message, advice].filter(Boolean).join(". ")}</span>
    </p>
  );
}
