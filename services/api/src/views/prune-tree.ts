import type { Tree, Weight } from "@heaphound/query";
import type { Strings } from "../stacks/strings.js";
import type { CallTree } from "./build-tree.js";

export interface Pruning {
  weight: Weight;
  /** Nodes below this share of the whole are merged into their parents. */
  minShare: number;
  /** Most nodes to keep. */
  limit: number;
}

type TreeColumns = Omit<Tree, "revision" | "measure" | "weight" | "sentence" | "stacks">;

/** Drops the lightest nodes (their weight becomes their parent's own) and numbers the strings that remain. */
export function pruneTree(tree: CallTree, strings: Strings, pruning: Pruning): TreeColumns {
  const weights = pruning.weight === "bytes" ? tree.totalBytes : tree.totalCount;
  const threshold = thresholdOf(weights.subarray(0, tree.size), pruning);
  const out = emptyColumns(tree);
  const texts = new TextNumbers(strings, out.strings);
  const newNumbers = new Int32Array(tree.size);
  for (let node = 0; node < tree.size; node++) {
    const parent = node === 0 ? -1 : newNumbers[tree.parent[node]!]!;
    const isKept = node === 0 || (parent >= 0 && weights[node]! >= threshold);
    if (isKept) {
      newNumbers[node] = out.parent.length;
      append(out, tree, node, { parent, texts });
    } else {
      // Dropped: -1 - (number of the kept ancestor), so that nothing below is kept and all weight arrives there.
      const ancestor = parent >= 0 ? parent : -1 - parent;
      newNumbers[node] = -1 - ancestor;
      mergeSelf(out, tree, node, ancestor);
    }
  }
  return out;
}

function thresholdOf(weights: Float64Array, { minShare, limit }: Pruning): number {
  const byShare = Math.abs(weights[0] ?? 0) * minShare;
  if (weights.length <= limit) return byShare;
  const sorted = Float64Array.from(weights).sort();
  return Math.max(byShare, nextAbove(sorted, sorted.length - limit));
}

/** The smallest weight that no more than the allowed number of nodes reach: equal ones are dropped together. */
function nextAbove(sorted: Float64Array, from: number): number {
  let index = from;
  while (index < sorted.length - 1 && sorted[index] === sorted[from - 1]) index++;
  return sorted[index]!;
}

function emptyColumns(tree: CallTree): TreeColumns {
  return {
    totalBytes: tree.totalBytes[0]!,
    totalCount: tree.totalCount[0]!,
    strings: [""],
    parent: [],
    name: [],
    module: [],
    file: [],
    line: [],
    inlined: [],
    totalBytesOf: [],
    totalCountOf: [],
    selfBytes: [],
    selfCount: [],
    pruned: 0,
  };
}

function append(out: TreeColumns, tree: CallTree, node: number, at: { parent: number; texts: TextNumbers }): void {
  const entry = tree.entries[node] ?? { name: 0, module: 0, file: 0, line: 0, inlined: 0 as const };
  out.parent.push(at.parent);
  out.name.push(at.texts.of(entry.name));
  out.module.push(at.texts.of(entry.module));
  out.file.push(at.texts.of(entry.file));
  out.line.push(entry.line);
  out.inlined.push(entry.inlined);
  out.totalBytesOf.push(tree.totalBytes[node]!);
  out.totalCountOf.push(tree.totalCount[node]!);
  out.selfBytes.push(tree.selfBytes[node]!);
  out.selfCount.push(tree.selfCount[node]!);
}

function mergeSelf(out: TreeColumns, tree: CallTree, node: number, ancestor: number): void {
  out.pruned++;
  out.selfBytes[ancestor] = out.selfBytes[ancestor]! + tree.selfBytes[node]!;
  out.selfCount[ancestor] = out.selfCount[ancestor]! + tree.selfCount[node]!;
}

/** Numbers only those strings of a process that an answer uses. */
class TextNumbers {
  private readonly numbers = new Map<number, number>([[0, 0]]);

  constructor(
    private readonly strings: Strings,
    private readonly used: string[],
  ) {}

  of(string: number): number {
    let number = this.numbers.get(string);
    if (number === undefined) {
      number = this.used.length;
      this.used.push(this.strings.at(string));
      this.numbers.set(string, number);
    }
    return number;
  }
}
