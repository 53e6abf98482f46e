"use client";
import type { ReactNode } from "react";
import { useMemo, useState } from "react";
import type { UseQueryResult } from "@tanstack/react-query";
import type { Tree } from "../api/shapes";
import { ESTIMATED, formatBytes, formatCount, formatShare } from "../format/format";
import { andFilter, functionIs, functionIsNot } from "../question/filter";
import type { Question } from "../question/question";
import { DEFAULT_QUESTION } from "../question/question";
import type { ChangeQuestion } from "../question/use-question";
import { Failure, Notice, Skeleton } from "../ui/states";
import buttons from "../ui/ui.module.css";
import { search } from "./facts";
import { FlameGraph } from "./flame-graph";
import styles from "./flame.module.css";
import { FramePanel } from "./frame-panel";
import { findPath, layoutTree } from "./layout";

interface FlameSectionProps {
  query: UseQueryResult<Tree>;
  question: Question;
  change: ChangeQuestion;
}

/** The flame graph of the question with its panel, in each of its states. */
export function FlameSection({ query, question, change }: FlameSectionProps): ReactNode {
  return (
    <div className={styles.section} data-busy={query.isPlaceholderData ? "" : undefined}>
      <State query={query} question={question} change={change} />
    </div>
  );
}

function State({ query, question, change }: FlameSectionProps): ReactNode {
  const { data: tree, error } = query;
  if (error !== null) return <Failure error={error} retry={() => void query.refetch()} />;
  if (tree === undefined) return <FlameSkeleton />;
  if (tree.totalCount === 0) return <NothingHere question={question} change={change} />;
  return <Loaded tree={tree} question={question} change={change} />;
}

function Loaded({ tree, question, change }: { tree: Tree; question: Question; change: ChangeQuestion }): ReactNode {
  const { weight, focus, find } = question;
  const layout = useMemo(() => layoutTree(tree, weight), [tree, weight]);
  const matches = useMemo(() => search(tree, find), [tree, find]);
  const focused = focus === null ? null : findPath(layout, focus.path);
  // The keyboard's cursor: by path, so that it stays where it is when data arrive.
  const [cursor, setCursor] = useState<number | null>(null);
  const selected = (cursor === null ? null : findPath(layout, cursor)) ?? focused;
  const setFocus = (node: number | null): void => {
    setCursor(node === null ? null : layout.path[node]!);
    change({ focus: node === null ? null : { name: tree.strings[tree.name[node]!] ?? "", path: layout.path[node]! } });
  };
  const estimated = tree.totalBytesDeviation === undefined ? "" : ESTIMATED;
  const total = estimated + (weight === "bytes" ? formatBytes(tree.totalBytes) : formatCount(tree.totalCount));
  return (
    <>
      <div className={styles.graph}>
        <FlameBar
          tree={tree}
          question={question}
          change={change}
          matched={matches}
          missing={focus !== null && focused === null}
        />
        <FlameGraph
          tree={tree}
          layout={layout}
          weight={weight}
          focus={focused}
          selected={selected}
          matches={matches}
          rootLabel={`all stacks · ${total}`}
          label={`Flame graph, ${total} in ${formatCount(tree.stacks)} stacks. Arrow keys walk, Enter focuses, Escape leaves.`}
          onSelect={(node) => setCursor(layout.path[node]!)}
          onFocus={setFocus}
        />
      </div>
      <FramePanel
        tree={tree}
        layout={layout}
        weight={weight}
        node={selected ?? 0}
        onFocus={setFocus}
        onFilter={(name, how) =>
          change({
            filter: andFilter(question.filter, how === "is" ? functionIs(name) : functionIsNot(name)),
            focus: null,
          })
        }
      />
    </>
  );
}

interface FlameBarProps {
  tree: Tree;
  question: Question;
  change: ChangeQuestion;
  matched: ReturnType<typeof search>;
  /** The link's focused frame is not in this answer. */
  missing: boolean;
}

function FlameBar({ tree, question, change, matched, missing }: FlameBarProps): ReactNode {
  const { focus, find, weight } = question;
  const part = weight === "bytes" ? (matched?.bytes ?? 0) / tree.totalBytes : (matched?.count ?? 0) / tree.totalCount;
  return (
    <div className={styles.bar}>
      <input
        className={styles.find}
        type="search"
        placeholder="Highlight functions"
        aria-label="Highlight functions in the flame graph"
        value={find}
        onChange={(event) => change({ find: event.target.value }, "replace")}
      />
      <span className={styles.matched} role="status">
        {matched !== null && `${formatShare(part)} in ${formatCount(matched.nodes)} frames`}
      </span>
      {focus !== null && (
        <span className={styles.focusChip}>
          {missing ? "Not in this answer:" : "Through"} <code title={focus.name}>{focus.name}</code>
          <button type="button" className={buttons.quiet} onClick={() => change({ focus: null })}>
            Show all
          </button>
        </span>
      )}
    </div>
  );
}

const nothing: Record<Question["measure"], string> = {
  live: "Nothing is live at this moment",
  allocated: "Nothing was allocated in this window",
  freed: "Nothing was freed in this window",
  leaked: "Nothing leaked: all that was allocated here was freed",
  temporary: "No temporary allocations in this window",
};

/** Zero is an answer; what to ask instead depends on what narrows the question. */
function NothingHere({ question, change }: { question: Question; change: ChangeQuestion }): ReactNode {
  const narrowed = question.filter !== "" || question.window !== null || question.atNs !== null;
  return (
    <Notice title={nothing[question.measure]} next={narrowed ? "Widen the question:" : "Ask for another measure:"}>
      {question.filter !== "" && (
        <button type="button" className={buttons.button} onClick={() => change({ filter: "" })}>
          Clear the filter
        </button>
      )}
      {(question.window !== null || question.atNs !== null) && (
        <button type="button" className={buttons.button} onClick={() => change({ window: null, atNs: null })}>
          Show the whole run
        </button>
      )}
      {question.measure !== "allocated" && (
        <button
          type="button"
          className={buttons.button}
          onClick={() => change({ ...DEFAULT_QUESTION, measure: "allocated" })}
        >
          All that was allocated
        </button>
      )}
    </Notice>
  );
}

function FlameSkeleton(): ReactNode {
  return (
    <>
      <div className={styles.graph} role="group" aria-busy="true" aria-label="Loading the flame graph">
        <div className={styles.bar}>
          <Skeleton width={200} height={26} />
        </div>
        <div className={styles.skeleton}>
          {[100, 94, 90, 71, 66, 40, 31].map((width) => (
            <Skeleton key={width} width={`${width}%`} height={19} />
          ))}
        </div>
      </div>
      <div className={styles.panel}>
        <Skeleton width="60%" height={20} />
        <Skeleton width="90%" height={56} />
      </div>
    </>
  );
}
