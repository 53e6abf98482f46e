"use client";
import type { ReactNode } from "react";
import type { Loss, ProcessSummary } from "../api/shapes";
import { formatBytes, formatCount } from "../format/format";
import { Marked } from "./marked";
import { Popover } from "./popover";
import popoverStyles from "./losses.module.css";
import styles from "./ui.module.css";

/** The amber mark beside numbers that something is missing from. Opening it says what and why. */
export function LossMark({ process, losses }: { process: ProcessSummary; losses: Loss[] }): ReactNode {
  if (process.lossCount === 0) return null;
  return (
    <Popover
      className={styles.amber}
      align="start"
      label={
        <>
          <span aria-hidden="true">▲</span> {whatIsMissing(process.lossCount, losses)}
        </>
      }
    >
      {() => <LossTable losses={losses} />}
    </Popover>
  );
}

/** A kill takes the last moments along: that is one thing, and no number of records. */
export function whatIsMissing(lossCount: number, losses: readonly Loss[]): string {
  const isEnd = losses.some(({ kind }) => kind === "unseen_end");
  const records = lossCount - (isEnd ? 1 : 0);
  const parts = [
    ...(records > 0 ? [`${formatCount(records)} ${records === 1 ? "record" : "records"}`] : []),
    ...(isEnd ? ["last moments"] : []),
  ];
  return `${parts.join(" and ")} missing`;
}

export function LossTable({ losses }: { losses: Loss[] }): ReactNode {
  return (
    <table className={popoverStyles.table}>
      <caption>What is missing and why</caption>
      <thead>
        <tr>
          <th scope="col">Kind</th>
          <th scope="col" className={popoverStyles.number}>
            Events
          </th>
          <th scope="col" className={popoverStyles.number}>
            Bytes
          </th>
          <th scope="col">What it means</th>
        </tr>
      </thead>
      <tbody>
        {losses.map((loss) => (
          <tr key={loss.kind}>
            <td>{loss.kind.replaceAll("_", " ")}</td>
            <td className={popoverStyles.number}>{formatCount(loss.count)}</td>
            <td className={popoverStyles.number}>{loss.bytes > 0 ? formatBytes(loss.bytes) : "–"}</td>
            <td>
              <Marked text={loss.advice} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
