"use client";
import type { ReactNode } from "react";
import type { Loss, ProcessSummary } from "../api/shapes";
import { formatBytes, formatCount } from "../format/format";
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
          <span aria-hidden="true">▲</span> {formatCount(process.lossCount)} missing
        </>
      }
    >
      {() => <LossTable losses={losses} />}
    </Popover>
  );
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
            <td>{loss.advice}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
