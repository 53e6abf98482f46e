"use client";
import type { ReactNode } from "react";
import { ApiFailure } from "../api/client";
import { CopyButton } from "./copy-button";
import { Marked } from "./marked";
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

const OWN_MISTAKE = "This is a mistake in the page itself. Reloading it may help; the browser's console says more.";

interface FailureProps {
  error: Error;
  retry?: () => void;
  /** One line, for a part of a page whose other parts say the same. */
  compact?: boolean;
}

/** What happened, what to do, and the id that the log knows it by. */
export function Failure({ error, retry, compact = false }: FailureProps): ReactNode {
  const { advice, requestId } = error instanceof ApiFailure ? error : { advice: OWN_MISTAKE, requestId: null };
  const className = compact ? `${styles.notice ?? ""} ${styles.noticeCompact ?? ""}` : styles.notice;
  return (
    <div className={className} role="alert">
      <p className={styles.failureTitle}>{error.message}</p>
      <p className={styles.noticeText}>
        <Marked text={advice} />
      </p>
      {requestId !== null && (
        <p className={styles.requestId}>
          Request <code>{requestId}</code>
        </p>
      )}
      {retry !== undefined && (
        <button type="button" className={styles.button} onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Rows where rows will be. */
export function SkeletonRows({ rows }: { rows: number }): ReactNode {
  return (
    <div className={styles.skeletonRows} role="group" aria-busy="true" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        <div
          key={row}
          className={styles.skeleton}
          style={{ height: 20, flex: "none", width: `${100 - ((row * 17) % 40)}%` }}
        />
      ))}
    </div>
  );
}

export function Skeleton({ width, height }: { width: number | string; height: number }): ReactNode {
  return (
    <span className={styles.skeleton} style={{ display: "inline-block", width, height, verticalAlign: "middle" }} />
  );
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
