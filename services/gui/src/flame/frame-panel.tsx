"use client";
import type { ReactNode } from "react";
import { useMemo } from "react";
import type { Tree, Weight } from "../api/shapes";
import { formatBytes, formatCount, formatShare } from "../format/format";
import { CopyButton } from "../ui/copy-button";
import { Exact } from "../ui/exact";
import buttons from "../ui/ui.module.css";
import { callersOf, factsOf, occurrences } from "./facts";
import styles from "./flame.module.css";
import type { FlameLayout } from "./layout";

interface FramePanelProps {
  tree: Tree;
  layout: FlameLayout;
  weight: Weight;
  node: number;
  onFocus: (node: number | null) => void;
  onFilter: (name: string, how: "is" | "is not") => void;
}

const CALLEES = 8;

/** Everything about the selected frame: weights, where it is, who calls it, what it calls. */
export function FramePanel({ tree, layout, weight, node, onFocus, onFilter }: FramePanelProps): ReactNode {
  const everywhere = useMemo(() => occurrences(tree, node), [tree, node]);
  if (node === 0) return <RootPanel tree={tree} layout={layout} weight={weight} onFocus={onFocus} />;
  const facts = factsOf(tree, weight, node);
  const { name } = facts;
  const where = [facts.module, facts.source, facts.inlined ? "inlined" : ""].filter(Boolean).join(" · ");
  return (
    <section className={styles.panel} aria-label="Selected frame">
      <header className={styles.panelHead}>
        <h2 className={styles.panelName}>{name}</h2>
        <p className={styles.muted} title={facts.file}>
          {where}
        </p>
      </header>
      <Weights tree={tree} weight={weight} node={node} />
      {everywhere.nodes > 1 && (
        <p className={styles.muted}>
          In all {formatCount(everywhere.nodes)} places: {formatBytes(everywhere.bytes)} in{" "}
          {formatCount(everywhere.count)}
        </p>
      )}
      <div className={styles.panelActions}>
        <button type="button" className={buttons.button} onClick={() => onFilter(name, "is")}>
          Filter by this function
        </button>
        <button type="button" className={buttons.button} onClick={() => onFilter(name, "is not")}>
          Leave it out
        </button>
        <CopyButton text={name} label="Copy name" />
      </div>
      <FrameList title="Calls" tree={tree} weight={weight} nodes={calleesOf(layout, node)} onFocus={onFocus} />
      <FrameList
        title="Called by"
        tree={tree}
        weight={weight}
        nodes={callersOf(tree.parent, node).slice(0, -1).reverse()}
        onFocus={onFocus}
      />
    </section>
  );
}

type RootProps = Pick<FramePanelProps, "tree" | "layout" | "weight" | "onFocus">;

function RootPanel({ tree, layout, weight, onFocus }: RootProps): ReactNode {
  return (
    <section className={styles.panel} aria-label="All stacks">
      <header className={styles.panelHead}>
        <h2 className={styles.panelName}>all stacks</h2>
        <p className={styles.muted}>Click a frame to look closer; arrow keys walk, Enter focuses.</p>
      </header>
      <Weights tree={tree} weight={weight} node={0} />
      <p className={styles.muted}>
        {formatCount(tree.stacks)} stacks, {formatCount(layout.nodes - 1)} frames
        {tree.pruned > 0 && `; ${formatCount(tree.pruned)} too light to show add up under "small"`}
      </p>
      <FrameList title="Calls" tree={tree} weight={weight} nodes={calleesOf(layout, 0)} onFocus={onFocus} />
    </section>
  );
}

function Weights({ tree, weight, node }: { tree: Tree; weight: Weight; node: number }): ReactNode {
  const facts = factsOf(tree, weight, node);
  const isEstimate = tree.totalBytesDeviation !== undefined;
  const rows = [
    { name: "total", bytes: facts.totalBytes, count: facts.totalCount, share: facts.totalShare },
    { name: "self", bytes: facts.selfBytes, count: facts.selfCount, share: facts.selfShare },
    { name: "small", bytes: facts.smallBytes, count: facts.smallCount, share: facts.smallShare },
  ].filter(({ name, count }) => name !== "small" || count > 0);
  return (
    <table className={styles.weights}>
      <thead className="hh-visually-hidden">
        <tr>
          <th scope="col">Weight</th>
          <th scope="col">Bytes</th>
          <th scope="col">Allocations</th>
          <th scope="col">Share</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row">{row.name}</th>
            <td>
              <Exact value={row.bytes} unit="bytes" isEstimate={isEstimate} />
            </td>
            <td>
              <Exact value={row.count} unit="count" isEstimate={isEstimate} />
            </td>
            <td className={styles.shareCell}>
              <span className={styles.shareBar} style={{ width: `${row.share * 100}%` }} aria-hidden="true" />
              <span>{formatShare(row.share)}</span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface FrameListProps {
  title: string;
  tree: Tree;
  weight: Weight;
  nodes: readonly number[];
  onFocus: (node: number) => void;
}

function FrameList({ title, tree, weight, nodes, onFocus }: FrameListProps): ReactNode {
  if (nodes.length === 0) return null;
  return (
    <div>
      <h3 className={styles.listTitle}>{title}</h3>
      <ul className={styles.frameList}>
        {nodes.map((node) => (
          <li key={node}>
            <button type="button" onClick={() => onFocus(node)}>
              <span className={styles.frameName}>{tree.strings[tree.name[node] ?? 0]}</span>
              <span className={styles.frameWeight}>
                {weight === "bytes"
                  ? formatBytes(tree.totalBytesOf[node] ?? 0)
                  : formatCount(tree.totalCountOf[node] ?? 0)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function calleesOf(layout: FlameLayout, node: number): number[] {
  const from = layout.childStart[node] ?? 0;
  return [...layout.childNodes.subarray(from, Math.min(from + CALLEES, layout.childStart[node + 1] ?? from))];
}
