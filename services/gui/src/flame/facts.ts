import type { Tree, Weight } from "../api/shapes";

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

/** What there is to say about one node, read from the columns. */
export interface NodeFacts {
  name: string;
  module: string;
  file: string;
  source: string;
  inlined: boolean;
  totalBytes: number;
  totalCount: number;
  selfBytes: number;
  selfCount: number;
  /** Of called frames that are too light to be drawn. */
  smallBytes: number;
  smallCount: number;
  /** Shares of the whole by the chosen weight, 0 to 1. */
  totalShare: number;
  selfShare: number;
  smallShare: number;
}

export function factsOf(tree: Tree, weight: Weight, node: number): NodeFacts {
  const text = (column: readonly number[]): string => tree.strings[column[node]!] ?? "";
  const [totalBytes, totalCount] = [tree.totalBytesOf[node]!, tree.totalCountOf[node]!];
  const [selfBytes, selfCount] = [tree.selfBytes[node]!, tree.selfCount[node]!];
  const [smallBytes, smallCount] = [tree.smallBytes[node]!, tree.smallCount[node]!];
  const whole = weight === "bytes" ? tree.totalBytes : tree.totalCount;
  const share = (bytes: number, count: number): number =>
    whole > 0 ? (weight === "bytes" ? bytes : count) / whole : 0;
  return {
    name: node === 0 ? "all stacks" : text(tree.name),
    module: text(tree.module),
    file: text(tree.file),
    source: sourceLine(text(tree.file), tree.line[node]!),
    inlined: tree.inlined[node] === 1,
    totalBytes,
    totalCount,
    selfBytes,
    selfCount,
    smallBytes,
    smallCount,
    totalShare: share(totalBytes, totalCount),
    selfShare: share(selfBytes, selfCount),
    smallShare: share(smallBytes, smallCount),
  };
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
