import type { ReactNode } from "react";
import type { CoverageWorkload } from "../api/shapes";
import styles from "./fleet.module.css";

type Counts = Pick<CoverageWorkload, "asked" | "injected" | "reporting">;

/** Of the pods that were asked for: those that report, those that have the library and are silent, and the rest. */
export function CoverageBar({ asked, injected, reporting }: Counts): ReactNode {
  const share = (count: number): string => `${asked > 0 ? (count / asked) * 100 : 0}%`;
  const silent = Math.max(0, injected - reporting);
  const label = `${reporting} of ${asked} report, ${silent} more have the library`;
  return (
    <span className={styles.bar} role="img" aria-label={label} title={label}>
      <span className={styles.reporting} style={{ width: share(reporting) }} />
      <span className={styles.silent} style={{ width: share(silent) }} />
    </span>
  );
}
