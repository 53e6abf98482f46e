"use client";
import type { ReactNode } from "react";
import { useLayoutEffect, useRef } from "react";
import { createPortal } from "react-dom";
import type { Tree } from "../api/shapes";
import { formatBytes, formatCount, formatShare } from "../format/format";
import { sourceLine } from "./facts";
import styles from "./flame.module.css";

interface FrameTipProps {
  tree: Tree;
  node: number;
  x: number;
  y: number;
}

/** What a frame is, beside the pointer and inside the screen. */
export function FrameTip({ tree, node, x, y }: FrameTipProps): ReactNode {
  const tip = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const box = tip.current;
    if (box === null) return;
    const left = Math.min(x + 14, window.innerWidth - box.offsetWidth - 8);
    const below = y + 18 + box.offsetHeight < window.innerHeight;
    box.style.transform = `translate(${Math.max(8, left)}px, ${below ? y + 18 : y - 10 - box.offsetHeight}px)`;
  });
  const total = tree.weight === "bytes" ? tree.totalBytes : tree.totalCount;
  const own = (tree.weight === "bytes" ? tree.totalBytesOf[node] : tree.totalCountOf[node]) ?? 0;
  const source = sourceLine(tree.strings[tree.file[node] ?? 0] ?? "", tree.line[node] ?? 0);
  return createPortal(
    <div ref={tip} className={styles.tip} aria-hidden="true">
      <p className={styles.tipName}>{node === 0 ? "all stacks" : tree.strings[tree.name[node] ?? 0]}</p>
      <p>
        <b>{formatBytes(tree.totalBytesOf[node] ?? 0)}</b> in {formatCount(tree.totalCountOf[node] ?? 0)},{" "}
        {formatShare(total > 0 ? own / total : 0)}
      </p>
      {(tree.selfBytes[node] ?? 0) > 0 && <p>{formatBytes(tree.selfBytes[node] ?? 0)} by itself</p>}
      <p className={styles.muted}>{[tree.strings[tree.module[node] ?? 0], source].filter(Boolean).join(" · ")}</p>
    </div>,
    document.body,
  );
}
