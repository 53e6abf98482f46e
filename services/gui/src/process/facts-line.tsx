import type { ReactNode } from "react";
import type { ProcessDetail } from "../api/shapes";
import { ESTIMATED, formatBytes, formatCount, wallClock } from "../format/format";
import type { Question } from "../question/question";
import { LiveDot } from "../ui/live-dot";
import { LossMark } from "../ui/losses";
import { Runtime } from "../ui/runtime";
import { Skeleton } from "../ui/states";
import { DownloadMenu } from "./download-menu";
import { RecordingControl } from "./recording-control";
import styles from "./process.module.css";

interface FactsLineProps {
  process: ProcessDetail | undefined;
  question: Question;
}

/** Who this is, in one line: name, state, machine, how it was recorded, what is missing. */
export function FactsLine({ process, question }: FactsLineProps): ReactNode {
  if (process === undefined)
    return (
      <div className={styles.facts}>
        <Skeleton width={480} height={20} />
      </div>
    );
  return (
    <div className={styles.facts}>
      <h1 className={styles.name} title={[process.executable, ...process.arguments.slice(1)].join(" ")}>
        <LiveDot running={process.running} endReason={process.endReason} />
        <span className={styles.nameText}>{process.pod || process.name}</span>
      </h1>
      <span className={styles.state}>
        {howItIs(process)} <Runtime process={process} />
      </span>
      <FactList process={process} />
      <LossMark process={process} losses={process.losses} />
      <span className={styles.grow} />
      {process.running && <RecordingControl process={process} />}
      <DownloadMenu process={process} question={question} />
    </div>
  );
}

function FactList({ process }: { process: ProcessDetail }): ReactNode {
  const started = wallClock(process.startedUnixNs, 0);
  const estimate = process.isSampled === true ? ESTIMATED : "";
  const place = [process.namespace, process.workload, process.pod, process.container].filter(Boolean).join(" / ");
  return (
    <ul className={styles.factList} aria-label="Facts">
      <li>
        {process.mode}
        {process.isSampled === true && ", figures are estimates"}
        {(process.culledAllocations ?? 0) > 0 && `, ${formatCount(process.culledAllocations ?? 0)} only counted`}
        {process.lossCount === 0 && ", nothing lost"}
      </li>
      <li>
        {estimate}
        {formatCount(process.allocations)} allocations, peak {estimate}
        {formatBytes(process.peakLiveBytes)}
      </li>
      <li title={place}>{place || process.hostname}</li>
      <li>pid {process.pid}</li>
      <li title={started.utc}>
        started {started.day} {started.local}
      </li>
      <li>
        {process.libc} {process.architecture}
      </li>
    </ul>
  );
}

function howItIs({ running, endReason }: ProcessDetail): string {
  if (running) return "running";
  return `${endReason === "" ? "ended" : endReason.replaceAll("_", " ")} after`;
}
