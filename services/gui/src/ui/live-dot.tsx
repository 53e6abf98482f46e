import type { ReactNode } from "react";
import styles from "./ui.module.css";

/** Filled and pulsing while the process runs. */
export function LiveDot({ running, endReason }: { running: boolean; endReason: string }): ReactNode {
  const state = running ? "running" : endReason === "" ? "ended" : endReason.replaceAll("_", " ");
  return (
    <>
      <span
        className={`${styles.dot ?? ""} ${running ? (styles.dotLive ?? "") : ""}`}
        title={state}
        aria-hidden="true"
      />
      <span className="hh-visually-hidden">{state}</span>
    </>
  );
}
