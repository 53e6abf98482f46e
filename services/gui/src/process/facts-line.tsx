import type { ReactNode } from "react";
import type { ProcessDetail } from "../api/shapes";
import { formatBytes, formatCount, formatDuration, wallClock } from "../format/format";
import type { Question } from "../question/question";
import { LiveDot } from "../ui/live-dot";
import { LossMark } from "../ui/losses";
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
  const started = wallClock(process.startedUnixNs, 0);
  const place = [process.namespace, process.workload, process.pod, process.container].filter(Boolean).join(" / ");
  return (
    <div className={styles.facts}>
      <h1 className={styles.name} title={[process.executable, ...process.arguments.slice(1)].join(" ")}>
        <LiveDot running={process.running} endReason={process.endReason} />
        <span className={styles.nameText}>{process.pod || process.name}</span>
      </h1>
      <span className={styles.state}>{stateOf(process)}</span>
      <ul className={styles.factList}>
        <li>
          {process.mode}
          {process.isSampled === true && ", figures are estimates"}
          {(process.culledAllocations ?? 0) > 0 && `, ${formatCount(process.culledAllocations ?? 0)} only counted`}
          {process.lossCount === 0 && ", nothing lost"}
        </li>
        <li>pid {process.pid}</li>
        <li title={started.utc}>
          started {started.day} {started.local}
        </li>
        <li>
          {process.libc} {process.architecture}
        </li>
        <li title={place}>{place || process.hostname}</li>
        <li>
          {formatCount(process.allocations)} allocations, peak {formatBytes(process.peakLiveBytes)}
        </li>
      </ul>
      <LossMark process={process} losses={process.losses} />
      <span className={styles.grow} />
      {process.running && <RecordingControl process={process} />}
      <DownloadMenu process={process} question={question} />
    </div>
  );
}

function stateOf(process: ProcessDetail): string {
  if (process.running) return `running ${formatDuration(process.durationNs)}`;
  const how = process.endReason === "" ? "ended" : process.endReason.replaceAll("_", " ");
  return `${how} after ${formatDuration(process.durationNs)}`;
}
