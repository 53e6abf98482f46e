"use client";
import type { KeyboardEvent, ReactNode } from "react";
import type { ProcessDetail } from "../api/shapes";
import { EndingView } from "../ending/ending-view";
import { ESTIMATED, formatCount } from "../format/format";
import { MapsView } from "../maps/maps-view";
import type { Question, Tab } from "../question/question";
import { TABS } from "../question/question";
import type { ChangeQuestion } from "../question/use-question";
import { SkeletonRows } from "../ui/states";
import buttons from "../ui/ui.module.css";
import { AllocationsTable } from "./allocations-table";
import { LossesTable, ModulesTable, ThreadsTable } from "./facts-tables";
import { StacksTable } from "./stacks-table";
import styles from "./tables.module.css";

interface TablesProps {
  address: string;
  process: ProcessDetail | undefined;
  question: Question;
  change: ChangeQuestion;
}

/** The tabs under the flame graph. */
export function TablesSection({ address, process, question, change }: TablesProps): ReactNode {
  const { tab, focus } = question;
  const choose = (next: Tab): void => change({ tab: next, sort: null });
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = by === undefined ? undefined : TABS[(TABS.indexOf(tab) + by + TABS.length) % TABS.length];
    if (next === undefined) return;
    event.preventDefault();
    choose(next);
    event.currentTarget.querySelector<HTMLElement>(`#tab-${next}`)?.focus();
  };
  return (
    <section className={styles.section} aria-label="Tables">
      <div className={styles.tabs}>
        <div role="tablist" aria-label="Tables" style={{ display: "flex" }} onKeyDown={move}>
          {TABS.map((name) => (
            <button
              key={name}
              id={`tab-${name}`}
              type="button"
              role="tab"
              className={styles.tab}
              aria-selected={tab === name}
              aria-controls="tab-panel"
              tabIndex={tab === name ? 0 : -1}
              onClick={() => choose(name)}
            >
              {name}
              {process !== undefined && <TabCount process={process} tab={name} />}
            </button>
          ))}
        </div>
        {focus !== null && (tab === "stacks" || tab === "allocations") && (
          <span className={styles.tabNote}>
            only stacks through <code title={focus.name}>{focus.name}</code>
            <button type="button" className={buttons.quiet} onClick={() => change({ focus: null })}>
              Show all
            </button>
          </span>
        )}
      </div>
      <div id="tab-panel" className={styles.panel} role="tabpanel" aria-labelledby={`tab-${tab}`}>
        {process === undefined ? (
          <SkeletonRows rows={12} />
        ) : (
          <TabPanel address={address} process={process} question={question} change={change} />
        )}
      </div>
    </section>
  );
}

function TabPanel({ address, process, question, change }: TablesProps & { process: ProcessDetail }): ReactNode {
  switch (question.tab) {
    case "stacks":
      return <StacksTable process={address} question={question} change={change} />;
    case "allocations":
      return (
        <AllocationsTable
          process={address}
          startedUnixNs={process.startedUnixNs}
          running={process.running}
          isPartial={process.isPartial === true}
          question={question}
          change={change}
        />
      );
    case "maps":
      return <MapsView process={address} question={question} />;
    case "ending":
      return <EndingView process={address} />;
    case "modules":
      return <ModulesTable process={process} />;
    case "threads":
      return <ThreadsTable process={process} />;
    case "losses":
      return <LossesTable process={process} />;
  }
}

function TabCount({ process, tab }: { process: ProcessDetail; tab: Tab }): ReactNode {
  if (tab === "maps" || tab === "ending") return null; // how many there are is known when they are asked for
  const count = {
    stacks: process.stacks,
    allocations: process.allocations,
    modules: process.modules.length,
    threads: process.threads.length,
    losses: process.lossCount,
  }[tab];
  const isEstimate = tab === "allocations" && process.isSampled === true;
  return (
    <span className={styles.tabCount}>
      {isEstimate && ESTIMATED}
      {formatCount(count)}
    </span>
  );
}
