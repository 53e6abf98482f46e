import type { Weight } from "@heaphound/query";
import type { Entry } from "../stacks/frame-table.js";
import type { ProcessStacks } from "../stacks/process-stacks.js";
import { Cursors } from "./cursors.js";
import { FrameLines } from "./frame-lines.js";
import { weighNodes, type StackSums } from "./stack-weights.js";
import { Inward, Outward, type Walk } from "./walk.js";

/** A call tree as columns. Node 0 is the root; parents come before children. total = self + small + the children's totals. */
export interface FoldedTree {
  parent: number[];
  /** What the node shows; null for the root. */
  entries: (Entry | null)[];
  totalBytes: number[];
  totalCount: number[];
  /** Of stacks that end here. */
  selfBytes: number[];
  selfCount: number[];
  /** Of children that are too light for a node of their own. */
  smallBytes: number[];
  smallCount: number[];
  /** How many those are. What is below them is not looked at. */
  pruned: number;
}

export interface Folding {
  weight: Weight;
  /** Nodes below this share of the whole get no node. */
  minShare: number;
  invert: boolean;
}

/**
 * Merges stacks by function into a call tree: callers at the top, or (inverted) the allocating functions. It goes down level
 * by level, and never below a node that is too light: of a million nodes a flame graph shows a few thousand.
 */
export function foldTree(sums: StackSums, stacks: ProcessStacks, folding: Folding): FoldedTree {
  const weights = weighNodes(sums, stacks);
  const lines = new FrameLines(stacks.frames);
  const Direction = folding.invert ? Outward : Inward;
  const walk = new Direction(stacks.trie, lines, weights);
  const total = { bytes: weights.bytes[0]!, count: weights.counts[0]! };
  const threshold = Math.abs(folding.weight === "bytes" ? total.bytes : total.count) * folding.minShare;
  return new Fold(stacks, lines, { walk, threshold, weight: folding.weight }).run(total);
}

interface FoldSettings {
  walk: Walk;
  threshold: number;
  weight: Weight;
}

/** Positions of all nodes of one level, node after node; the nodes have consecutive numbers. */
interface Level {
  firstNode: number;
  cursors: Cursors;
  /** End of each node's positions. */
  ends: number[];
}

class Fold {
  private readonly tree: FoldedTree = {
    parent: [],
    entries: [],
    totalBytes: [],
    totalCount: [],
    selfBytes: [],
    selfCount: [],
    smallBytes: [],
    smallCount: [],
    pruned: 0,
  };
  /** Positions below the node at hand, and the label of each. */
  private readonly below = new Cursors();
  private belowLabels = new Int32Array(1024);
  /** Of the node at hand, by label; all zero in between. */
  private readonly sizes: Int32Array;
  private readonly places: Int32Array;
  private readonly bytes: Float64Array;
  private readonly counts: Float64Array;

  constructor(
    private readonly stacks: ProcessStacks,
    private readonly lines: FrameLines,
    private readonly settings: FoldSettings,
  ) {
    this.sizes = new Int32Array(lines.labelCount);
    this.places = new Int32Array(lines.labelCount);
    this.bytes = new Float64Array(lines.labelCount);
    this.counts = new Float64Array(lines.labelCount);
  }

  run(total: { bytes: number; count: number }): FoldedTree {
    this.append(-1, null, total);
    this.settings.walk.begin(this.below);
    let level: Level = { firstNode: 1, cursors: new Cursors(), ends: [] };
    this.group(0, level);
    while (level.ends.length > 0) level = this.descend(level);
    return this.tree;
  }

  private descend(level: Level): Level {
    const next: Level = { firstNode: this.tree.parent.length, cursors: new Cursors(), ends: [] };
    let at = 0;
    for (const [index, end] of level.ends.entries()) {
      const node = level.firstNode + index;
      this.below.size = 0;
      for (; at < end; at++) {
        const ended = this.settings.walk.advance(level.cursors, at, this.below);
        this.tree.selfBytes[node]! += ended[0]!;
        this.tree.selfCount[node]! += ended[1]!;
      }
      this.group(node, next);
    }
    return next;
  }

  /** Makes children of `node` out of the positions below it: one for each label that is heavy enough. */
  private group(node: number, level: Level): void {
    const labels = this.sumByLabel();
    for (const { label, first } of labels) this.decide(node, label, first, level);
    for (let i = 0; i < this.below.size; i++) {
      const label = this.belowLabels[i]!;
      const place = this.places[label]!;
      if (place < 0) continue;
      this.places[label] = place + 1;
      const { nodes, lines, bytes, counts } = this.below;
      level.cursors.set(place, nodes[i]!, lines[i]!, bytes[i]!, counts[i]!);
    }
    for (const { label } of labels) this.sizes[label] = this.bytes[label] = this.counts[label] = 0;
  }

  /** The labels below the node at hand, each with the first position that has it. */
  private sumByLabel(): { label: number; first: number }[] {
    const { below, lines, stacks } = this;
    if (below.size > this.belowLabels.length) this.belowLabels = new Int32Array(below.nodes.length);
    const labels: { label: number; first: number }[] = [];
    for (let i = 0; i < below.size; i++) {
      const label = lines.labelOf(stacks.trie.frameOf(below.nodes[i]!), below.lines[i]!);
      this.belowLabels[i] = label;
      if (this.sizes[label] === 0) labels.push({ label, first: i });
      this.sizes[label]!++;
      this.bytes[label]! += below.bytes[i]!;
      this.counts[label]! += below.counts[i]!;
    }
    return labels;
  }

  private decide(node: number, label: number, first: number, level: Level): void {
    const figures = { bytes: this.bytes[label]!, count: this.counts[label]! };
    if (figures[this.settings.weight] < this.settings.threshold) {
      this.tree.smallBytes[node]! += figures.bytes;
      this.tree.smallCount[node]! += figures.count;
      this.tree.pruned++;
      this.places[label] = -1;
      return;
    }
    const { below, lines, stacks } = this;
    this.append(node, lines.entryOf(stacks.trie.frameOf(below.nodes[first]!), below.lines[first]!), figures);
    const { cursors } = level;
    this.places[label] = cursors.size;
    cursors.size += this.sizes[label]!;
    cursors.reserve(cursors.size);
    level.ends.push(cursors.size);
  }

  private append(parent: number, entry: Entry | null, total: { bytes: number; count: number }): void {
    const { tree } = this;
    tree.parent.push(parent);
    tree.entries.push(entry);
    tree.totalBytes.push(total.bytes);
    tree.totalCount.push(total.count);
    for (const column of [tree.selfBytes, tree.selfCount, tree.smallBytes, tree.smallCount]) column.push(0);
  }
}
