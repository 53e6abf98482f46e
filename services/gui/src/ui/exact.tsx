import type { ReactNode } from "react";
import { CONFIDENCE, ESTIMATED, formatBytes, formatCount, formatDuration } from "../format/format";
import styles from "./ui.module.css";

interface ExactProps {
  value: number | null;
  unit: "bytes" | "count" | "ns";
  /** Shown instead of null. */
  none?: string;
  /** Computed from samples: marked as such, with its standard deviation where that is known. */
  isEstimate?: boolean;
  deviation?: number | undefined;
}

const short = { bytes: formatBytes, count: formatCount, ns: formatDuration };
const unitName = { bytes: "bytes", count: "", ns: "ns" };

/** A number in the short form; hovering shows every digit, copying copies them. */
export function Exact({ value, unit, none = "–", isEstimate = false, deviation }: ExactProps): ReactNode {
  if (value === null) return <span>{none}</span>;
  const every = `${formatCount(value)} ${unitName[unit]}`.trim();
  const within = deviation === undefined ? "" : `, 19 times out of 20 within ${short[unit](CONFIDENCE * deviation)}`;
  return (
    <data
      className={styles.exact}
      value={value}
      title={isEstimate ? `${every}, estimated from samples${within}` : every}
      onCopy={(event) => {
        event.clipboardData.setData("text/plain", String(value));
        event.preventDefault();
      }}
    >
      {isEstimate && value > 0 && ESTIMATED}
      {short[unit](value)}
      {deviation !== undefined && <span className={styles.deviation}> ± {short[unit](CONFIDENCE * deviation)}</span>}
    </data>
  );
}
