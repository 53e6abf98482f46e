import type { Tree, Weight } from "@heaphound/query";
import type { Strings } from "../stacks/strings.js";
import type { FoldedTree } from "./fold-tree.js";

type TreeColumns = Omit<Tree, "revision" | "measure" | "weight" | "sentence" | "stacks">;

/** The answer's columns: the heaviest nodes, at most `limit` of them, and the strings that they use. */
export function treeColumns(tree: FoldedTree, strings: Strings, shape: { weight: Weight; limit: number }): TreeColumns {
  const weights = shape.weight === "bytes" ? tree.totalBytes : tree.totalCount;
  const threshold = thresholdOf(weights, shape.limit);
  const out = emptyColumns(tree);
  const texts = new TextNumbers(strings, out.strings);
  const newNumbers = new Int32Array(weights.length).fill(-1);
  for (let node = 0; node < weights.length; node++) {
    const parent = node === 0 ? -1 : newNumbers[tree.parent[node]!]!;
    const isBelowDropped = node > 0 && parent < 0;
    if (isBelowDropped) continue;
    if (node > 0 && weights[node]! < threshold) {
      out.pruned++;
      out.smallBytes[parent]! += tree.totalBytes[node]!;
      out.smallCount[parent]! += tree.totalCount[node]!;
    } else {
      newNumbers[node] = out.parent.length;
      append(out, tree, node, { parent, texts });
    }
  }
  return out;
}

/** The smallest weight that no more than `limit` nodes reach: equal ones are dropped together. */
function thresholdOf(weights: readonly number[], limit: number): number {
  if (weights.length <= limit) return -Infinity;
  const sorted = Float64Array.from(weights).sort();
  const from = sorted.length - limit;
  let index = from;
  while (index < sorted.length - 1 && sorted[index] === sorted[from - 1]) index++;
  return sorted[index]!;
}

function emptyColumns(tree: FoldedTree): TreeColumns {
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
    smallBytes: [],
    smallCount: [],
    pruned: tree.pruned,
  };
}

const ROOT = { name: 0, module: 0, file: 0, line: 0, inlined: 0 as const };

function append(out: TreeColumns, tree: FoldedTree, node: number, at: { parent: number; texts: TextNumbers }): void {
  const entry = tree.entries[node] ?? ROOT;
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
  out.smallBytes.push(tree.smallBytes[node]!);
  out.smallCount.push(tree.smallCount[node]!);
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
