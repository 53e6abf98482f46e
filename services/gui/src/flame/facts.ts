import type { Tree } from "../api/shapes";

/** Weight of a set of frames without counting a stack twice: only the outermost match of each path counts. */
export interface Matches {
  /** By node: 1 = the frame's function matches. */
  node: Uint8Array;
  nodes: number;
  bytes: number;
  count: number;
}

/** Frames whose function contains `text`, ignoring case; null when there is nothing to look for. */
export function search(tree: Tree, text: string): Matches | null {
  const wanted = text.trim().toLowerCase();
  if (wanted === "") return null;
  const hit = Uint8Array.from(tree.strings, (string) => (string.toLowerCase().includes(wanted) ? 1 : 0));
  return matches(tree, (node) => node !== 0 && hit[tree.name[node]!] === 1);
}

/** All frames of one function, wherever it is called. */
export function occurrences(tree: Tree, node: number): Matches {
  const name = tree.name[node];
  return matches(tree, (other) => tree.name[other] === name);
}

function matches(tree: Tree, hit: (node: number) => boolean): Matches {
  const nodes = tree.parent.length;
  const result: Matches = { node: new Uint8Array(nodes), nodes: 0, bytes: 0, count: 0 };
  const inside = new Uint8Array(nodes);
  for (let node = 0; node < nodes; node += 1) {
    const callerInside = node > 0 && inside[tree.parent[node]!] === 1;
    const found = hit(node);
    inside[node] = found || callerInside ? 1 : 0;
    if (!found) continue;
    result.node[node] = 1;
    result.nodes += 1;
    if (callerInside) continue;
    result.bytes += tree.totalBytesOf[node]!;
    result.count += tree.totalCountOf[node]!;
  }
  return result;
}

/** "kvstore.c:188"; empty where the source is not known. The path stays for hover texts. */
export function sourceLine(file: string, line: number): string {
  if (file === "") return "";
  const name = file.slice(file.lastIndexOf("/") + 1);
  return line > 0 ? `${name}:${line}` : name;
}

/** From the root to the node, the root left out. */
export function callersOf(parent: ArrayLike<number>, node: number): number[] {
  const chain: number[] = [];
  for (let at = node; at > 0; at = parent[at]!) chain.push(at);
  return chain.reverse();
}
