"use client";
import type { ReactNode } from "react";
import { ApiFailure } from "../api/client";
import { CopyButton } from "./copy-button";
import styles from "./ui.module.css";

interface NoticeProps {
  title: string;
  /** What would fill this place. */
  next?: ReactNode;
  children?: ReactNode;
}

/** Nothing to show, and what to do about it. */
export function Notice({ title, next, children }: NoticeProps): ReactNode {
  return (
    <div className={styles.notice}>
      <p className={styles.noticeTitle}>{title}</p>
      {next !== undefined && <p className={styles.noticeText}>{next}</p>}
      {children !== undefined && <div className={styles.noticeActions}>{children}</div>}
    </div>
  );
}

/** What happened, what to do, and the id that the log knows it by. */
export function Failure({ error, retry }: { error: Error; retry?: () => void }): ReactNode {
  const known = error instanceof ApiFailure ? error : null;
  return (
    <div className={styles.notice} role="alert">
      <p className={`${styles.noticeTitle ?? ""} ${styles.failureTitle ?? ""}`}>{error.message}</p>
      <p className={styles.noticeText}>
        {known?.advice ?? "This is a mistake in the page itself. Reloading it may help; the browser's console says more."}
      </p>
      {known?.requestId != null && (
        <p className={styles.requestId}>
          Request <code>{known.requestId}</code>
        </p>
      )}
      {retry !== undefined && (
        <div className={styles.noticeActions}>
          <button type="button" className={styles.button} onClick={retry}>
            Try again
          </button>
        </div>
      )}
    </div>
  );
}

/** Rows where rows will be. */
export function SkeletonRows({ rows }: { rows: number }): ReactNode {
  return (
    <div className={styles.skeletonRows} aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className={styles.skeleton} style={{ height: 20, flex: "none", width: `${100 - ((row * 17) % 40)}%` }} />
      ))}
    </div>
  );
}

export function Skeleton({ width, height }: { width: number | string; height: number }): ReactNode {
  return <span className={styles.skeleton} style={{ display: "inline-block", width, height, verticalAlign: "middle" }} />;
}

/** A command to copy. */
export function Command({ text }: { text: string }): ReactNode {
  return (
    <span className={styles.command}>
      <code>{text}</code>
      <CopyButton text={text} />
    </span>
  );
}
