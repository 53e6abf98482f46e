"use client";
import type { ReactNode, RefObject } from "react";
import { Fragment } from "react";
import styles from "./ui.module.css";

const keys: readonly (readonly [string, string])[] = [
  ["/", "search or filter"],
  ["?", "this help"],
  ["[ ]", "move the time window"],
  ["+ -", "narrow, widen the time window"],
  ["← ↑ ↓ →", "walk the flame graph"],
  ["Enter", "focus the selected frame"],
  ["Esc", "back: frame, moment, window"],
  ["t", "light or dark"],
  ["y", "copy the link to this view"],
  ["drag", "in the timeline: choose a window"],
  ["click", "in the timeline: choose a moment"],
  ["double click", "in the timeline: the whole run"],
];

export function HelpDialog({ dialog }: { dialog: RefObject<HTMLDialogElement | null> }): ReactNode {
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-labelledby="help-title"
      onClick={(event) => {
        if (event.target === dialog.current) dialog.current.close();
      }}
    >
      <h2 id="help-title">Keys and gestures</h2>
      <dl className={styles.keys}>
        {keys.map(([key, does]) => (
          <Fragment key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </Fragment>
        ))}
      </dl>
      <div className={styles.noticeActions}>
        <button type="button" className={styles.button} onClick={() => dialog.current?.close()}>
          Close
        </button>
      </div>
    </dialog>
  );
}
