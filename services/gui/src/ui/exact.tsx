import type { ReactNode } from "react";
import { formatBytes, formatCount, formatDuration } from "../format/format";
import styles from "./ui.module.css";

interface ExactProps {
  value: number | null;
  unit: "bytes" | "count" | "ns";
  /** Shown instead of null. */
  none?: string;
}

const short = { bytes: formatBytes, count: formatCount, ns: formatDuration };
const unitName = { bytes: "bytes", count: "", ns: "ns" };

/** A number in the short form; hovering shows every digit, copying copies them. */
export function Exact({ value, unit, none = "–" }: ExactProps): ReactNode {
  if (value === null) return <span>{none}</span>;
  return (
    <data
      className={styles.exact}
      value={value}
      title={`${formatCount(value)} ${unitName[unit]}`.trim()}
      onCopy={(event) => {
        event.clipboardData.setData("text/plain", String(value));
        event.preventDefault();
      }}
    >
      {short[unit](value)}
    </data>
  );
}
