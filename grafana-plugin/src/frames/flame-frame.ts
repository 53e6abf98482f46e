import { createDataFrame, FieldType, type DataFrame } from "@grafana/data";
import type { Tree } from "@heaphound/query";

/** Nodes of a nested set: depth first, each with its depth and what it weighs. */
interface Rows {
  level: number[];
  value: number[];
  self: number[];
  label: string[];
}

/** What the flame graph panel understands to be left out. */
const SMALL = "other";
const ROOT = "total";

/**
 * A call tree in the frame of Grafana's flame graph panel. Children are in the order of their names, so that two graphs of one
 * program can be compared; children too light for a node of their own are one, `other`.
 */
export function flameFrame(tree: Tree, refId: string): DataFrame {
  const rows = tree.parent.length === 0 || weightsOf(tree).total[0] === 0 ? emptyRows() : nestedSet(tree);
  const unit = tree.weight === "bytes" ? "bytes" : "short";
  const field = (
    name: string,
    values: number[],
  ): { name: string; type: FieldType; values: number[]; config: object } => ({
    name,
    type: FieldType.number,
    values,
    config: name === "level" ? {} : { unit },
  });
  return createDataFrame({
    refId,
    name: "response",
    meta: { preferredVisualisationType: "flamegraph", custom: { sentence: tree.sentence } },
    fields: [
      field("level", rows.level),
      field("value", rows.value),
      field("self", rows.self),
      { name: "label", type: FieldType.string, values: rows.label },
    ],
  });
}

function emptyRows(): Rows {
  return { level: [], value: [], self: [], label: [] };
}

function weightsOf(tree: Tree): { total: number[]; self: number[]; small: number[] } {
  return tree.weight === "bytes"
    ? { total: tree.totalBytesOf, self: tree.selfBytes, small: tree.smallBytes }
    : { total: tree.totalCountOf, self: tree.selfCount, small: tree.smallCount };
}

function nestedSet(tree: Tree): Rows {
  const { total, self, small } = weightsOf(tree);
  const children = childrenOf(tree);
  const rows = emptyRows();
  const push = (level: number, label: string, value: number, own: number): void => {
    rows.level.push(level);
    rows.label.push(label);
    rows.value.push(value);
    rows.self.push(own);
  };
  const visit = (node: number, level: number): void => {
    push(level, nameOf(tree, node), total[node]!, self[node]!);
    for (const child of children[node]!) visit(child, level + 1);
    if (small[node]! > 0) push(level + 1, SMALL, small[node]!, small[node]!);
  };
  visit(0, 0);
  return rows;
}

function childrenOf(tree: Tree): number[][] {
  const children: number[][] = tree.parent.map(() => []);
  for (let node = 1; node < tree.parent.length; node++) children[tree.parent[node]!]!.push(node);
  for (const list of children) list.sort((a, b) => compare(nameOf(tree, a), nameOf(tree, b)));
  return children;
}

function nameOf(tree: Tree, node: number): string {
  if (node === 0) return ROOT;
  const name = tree.strings[tree.name[node]!]!;
  return name === SMALL ? `${SMALL}()` : name;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
