import type { Tree, Weight } from "../api/shapes";

/**
 * A call tree laid out as an icicle: node 0 (the root) on top, children below, heaviest first, left-aligned under their
 * parent; what their sum leaves free is the parent's own weight.
 *
 *     depth 0   [ root ............................ ]     x and width are in units of weight (bytes or allocations),
 *     depth 1   [ main ............... ][ thread .. ]     so a view is an interval of x and zooming needs no new layout.
 *     depth 2   [ load ....... ][ run ]
 *
 * Everything is typed arrays by node number: a hundred thousand nodes are laid out once per answer and then only read.
 */
export interface FlameLayout {
  nodes: number;
  total: number;
  x: Float64Array;
  width: Float64Array;
  depth: Uint16Array;
  parent: Int32Array;
  /** Hash of the names from the root to the node: names a frame across answers with other weights. */
  path: Uint32Array;
  depths: number;
  /** Nodes of depth d, by x: rowNodes[rowStart[d]] .. rowNodes[rowStart[d + 1] - 1]. */
  rowStart: Int32Array;
  rowNodes: Int32Array;
  /** Children of node n, heaviest first: childNodes[childStart[n]] .. childNodes[childStart[n + 1] - 1]. */
  childStart: Int32Array;
  childNodes: Int32Array;
}

export function layoutTree(tree: Tree, weight: Weight): FlameLayout {
  const nodes = tree.parent.length;
  const value = weight === "bytes" ? tree.totalBytesOf : tree.totalCountOf;
  const { childStart, childNodes } = childrenOf(tree.parent, value);
  const layout: FlameLayout = {
    nodes,
    total: value[0] ?? 0,
    x: new Float64Array(nodes),
    width: Float64Array.from(value),
    depth: new Uint16Array(nodes),
    parent: Int32Array.from(tree.parent, (parent, node) => (node === 0 ? -1 : parent)),
    path: new Uint32Array(nodes),
    depths: 0,
    rowStart: new Int32Array(1),
    rowNodes: new Int32Array(nodes),
    childStart,
    childNodes,
  };
  place(layout, tree);
  fillRows(layout);
  return layout;
}

/** Parents come before children, so one pass counts and a second one fills; then each family is sorted. */
function childrenOf(
  parent: readonly number[],
  value: readonly number[],
): Pick<FlameLayout, "childStart" | "childNodes"> {
  const nodes = parent.length;
  const childStart = new Int32Array(nodes + 1);
  for (let node = 1; node < nodes; node += 1) childStart[parent[node]! + 1]! += 1;
  for (let node = 0; node < nodes; node += 1) childStart[node + 1]! += childStart[node]!;
  const next = childStart.slice();
  const childNodes = new Int32Array(Math.max(0, nodes - 1));
  for (let node = 1; node < nodes; node += 1) childNodes[next[parent[node]!]!++] = node;
  for (let node = 0; node < nodes; node += 1) {
    const family = childNodes.subarray(childStart[node], childStart[node + 1]);
    if (family.length > 1) family.sort((a, b) => value[b]! - value[a]! || a - b);
  }
  return { childStart, childNodes };
}

function place(layout: FlameLayout, tree: Tree): void {
  const { x, width, depth, path, childStart, childNodes } = layout;
  const hashes = Uint32Array.from(tree.strings, hashText);
  if (layout.nodes > 0) path[0] = 0x811c9dc5;
  for (let node = 0; node < layout.nodes; node += 1) {
    let left = x[node]!;
    for (let child = childStart[node]!; child < childStart[node + 1]!; child += 1) {
      const id = childNodes[child]!;
      x[id] = left;
      left += width[id]!;
      depth[id] = depth[node]! + 1;
      path[id] = mix(path[node]!, hashes[tree.name[id]!] ?? 0);
    }
    layout.depths = Math.max(layout.depths, depth[node]! + 1);
  }
}

/** Rows in order of x: a family is in order, and the families of a row follow the row above. */
function fillRows(layout: FlameLayout): void {
  const { nodes, depth, rowNodes, childStart, childNodes } = layout;
  const rowStart = new Int32Array(layout.depths + 1);
  for (let node = 0; node < nodes; node += 1) rowStart[depth[node]! + 1]! += 1;
  for (let row = 0; row < layout.depths; row += 1) rowStart[row + 1]! += rowStart[row]!;
  let filled = 0;
  if (nodes > 0) rowNodes[filled++] = 0;
  for (let at = 0; at < filled; at += 1) {
    const node = rowNodes[at]!;
    for (let child = childStart[node]!; child < childStart[node + 1]!; child += 1)
      rowNodes[filled++] = childNodes[child]!;
  }
  layout.rowStart = rowStart;
}

/** The node that a link names, or null when the present answer does not have it. */
export function findPath(layout: FlameLayout, path: number): number | null {
  const node = layout.path.indexOf(path >>> 0);
  return node < 0 ? null : node;
}

/** FNV-1a over UTF-16 units. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
}

function mix(parent: number, name: number): number {
  const hash = Math.imul(parent ^ name, 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}
