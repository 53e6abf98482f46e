"use client";
import type { ReactNode } from "react";
import { useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import type { Tree, Weight } from "../api/shapes";
import { formatBytes, formatCount, formatShare } from "../format/format";
import { factsOf } from "./facts";
import styles from "./flame.module.css";

interface FrameTipProps {
  tree: Tree;
  weight: Weight;
  node: number;
  x: number;
  y: number;
}

/** What a frame is, beside the pointer and inside the screen. */
export function FrameTip({ tree, weight, node, x, y }: FrameTipProps): ReactNode {
  const tip = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = tip.current;
    if (box === null) return;
    const left = Math.min(x + 14, window.innerWidth - box.offsetWidth - 8);
    const below = y + 18 + box.offsetHeight < window.innerHeight;
    box.style.transform = `translate(${Math.max(8, left)}px, ${below ? y + 18 : y - 10 - box.offsetHeight}px)`;
  });
  const facts = factsOf(tree, weight, node);
  return createPortal(
    <div ref={tip} className={styles.tip} aria-hidden="true">
      <p className={styles.tipName}>{facts.name}</p>
      <p>
        <b>{formatBytes(facts.totalBytes)}</b> in {formatCount(facts.totalCount)}, {formatShare(facts.totalShare)}
      </p>
      {facts.selfBytes > 0 && <p>{formatBytes(facts.selfBytes)} by itself</p>}
      {facts.smallBytes > 0 && <p>{formatBytes(facts.smallBytes)} in frames too light to show</p>}
      <p className={styles.muted}>{[facts.module, facts.source].filter(Boolean).join(" · ")}</p>
    </div>,
    document.body,
  );
}
