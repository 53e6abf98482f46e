"use client";
import Link from "next/link";
import type { ReactNode } from "react";
import { useEffect } from "react";
import { ApiFailure } from "../api/client";
import { useLive } from "../api/live";
import { useProcess, useTree } from "../api/queries";
import { EndingBanner } from "../ending/ending-banner";
import { FlameSection } from "../flame/flame-section";
import { treeParams } from "../question/params";
import { useQuestion } from "../question/use-question";
import { StandingLine } from "../standing/standing-line";
import { TablesSection } from "../tables/tables-section";
import { Shell } from "../ui/shell";
import { Failure, Notice } from "../ui/states";
import buttons from "../ui/ui.module.css";
import { FactsLine } from "./facts-line";
import { FilterBox } from "./filter-box";
import { MeasureBar } from "./measure-bar";
import styles from "./process.module.css";
import { TimelineSection } from "./timeline-section";

/** Everything about one process: one question, and every view answers it. */
export function ProcessPage({ process: address }: { process: string }): ReactNode {
  const [question, change] = useQuestion();
  const process = useProcess(address);
  const tree = useTree(address, treeParams(question));
  const detail = process.data;
  useLive(detail === undefined ? undefined : { address, key: detail.process });
  useEffect(() => {
    if (detail !== undefined) document.title = `${detail.name} ${detail.pid} · Heaphound`;
  }, [detail]);

  const header = <FilterBox filter={question.filter} onFilter={(filter) => change({ filter })} />;
  if (process.error !== null && detail === undefined)
    return (
      <Shell header={header}>
        {process.error instanceof ApiFailure && process.error.status === 404 ? (
          <Notice title={process.error.message} next={process.error.advice}>
            <Link className={buttons.button} href="/">
              Open the list of processes
            </Link>
          </Notice>
        ) : (
          <Failure error={process.error} retry={() => void process.refetch()} />
        )}
      </Shell>
    );
  return (
    <Shell header={header}>
      <div className={styles.page}>
        <div>
          <FactsLine process={detail} question={question} />
          {detail !== undefined && <EndingBanner process={detail} question={question} change={change} />}
          <StandingLine address={address} process={detail} change={change} />
        </div>
        <TimelineSection address={address} process={detail} tree={tree} question={question} change={change} />
        <MeasureBar question={question} running={detail?.running ?? false} change={change} />
        <FlameSection query={tree} question={question} change={change} />
        <TablesSection address={address} process={detail} question={question} change={change} />
      </div>
    </Shell>
  );
}
