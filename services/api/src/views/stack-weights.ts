import type { ProcessStacks } from "../stacks/process-stacks.js";

/** What each stack holds: one figure per stack in each array. */
export interface StackSums {
  stacks: Uint32Array;
  bytes: Float64Array;
  counts: Float64Array;
  /** Standard deviation of the sum of all bytes, where sampled. */
  bytesDeviation?: number;
}

/** What each node of a call trie holds by itself, and with all below it. */
export interface NodeWeights {
  selfBytes: Float64Array;
  selfCounts: Float64Array;
  bytes: Float64Array;
  counts: Float64Array;
}

/** Adds the figures of stacks up along the trie: one pass, since callers have lower numbers than what they call. */
export function weighNodes(sums: StackSums, stacks: ProcessStacks): NodeWeights {
  const { trie } = stacks;
  const selfBytes = new Float64Array(trie.size);
  const selfCounts = new Float64Array(trie.size);
  for (let i = 0; i < sums.stacks.length; i++) {
    const node = stacks.nodeOf(sums.stacks[i]!);
    selfBytes[node]! += sums.bytes[i]!;
    selfCounts[node]! += sums.counts[i]!;
  }
  const bytes = selfBytes.slice();
  const counts = selfCounts.slice();
  for (let node = trie.size - 1; node > 0; node--) {
    const parent = trie.parentOf(node);
    bytes[parent]! += bytes[node]!;
    counts[parent]! += counts[node]!;
  }
  return { selfBytes, selfCounts, bytes, counts };
}
