/** What a question counts. `live` is at one instant (`atNs`), the others are within a window (`fromNs` .. `toNs`). */
export type Measure = "live" | "allocated" | "freed" | "leaked" | "temporary";

export type Weight = "bytes" | "count";

export interface Frame {
  function: string;
  module: string;
  file: string;
  line: number;
  offset: string;
  inlined: boolean;
}

/** A call tree as columns; node 0 is the root; parents come before children. */
export interface Tree {
  revision: number;
  measure: Measure;
  weight: Weight;
  /** One sentence: what is shown. */
  sentence: string;
  totalBytes: number;
  totalCount: number;
  /** Standard deviation of `totalBytes`; absent where nothing was sampled. */
  totalBytesDeviation?: number;
  /** Number of stacks that make up the tree. */
  stacks: number;
  strings: string[];
  parent: number[];
  /** Index into strings: function, or module+0xoffset without symbols. */
  name: number[];
  /** Index into strings: file name of the module. */
  module: number[];
  /** Index into strings: source file, or the empty string. */
  file: number[];
  line: number[];
  /** 1 = inlined into its parent. */
  inlined: (0 | 1)[];
  /** Of a node: what ends there (self), what is in children too light to show (small), and the totals of its children. */
  totalBytesOf: number[];
  totalCountOf: number[];
  selfBytes: number[];
  selfCount: number[];
  smallBytes: number[];
  smallCount: number[];
  /** Children lighter than `minShare` of the total have no node; how many, without those below them. */
  pruned: number;
}

export interface StackGroup {
  stack: number;
  stackId: string;
  frames: Frame[];
  bytes: number;
  count: number;
  /** Standard deviation of `bytes`; absent where nothing was sampled. */
  bytesDeviation?: number;
  allocatedBytes: number;
  allocations: number;
  freedBytes: number;
  frees: number;
  leakedBytes: number;
  leaked: number;
  temporaries: number;
  minSize: number;
  maxSize: number;
  firstNs: number;
  lastNs: number;
  meanLifetimeNs: number | null;
}

export interface Groups {
  revision: number;
  measure: Measure;
  sentence: string;
  totalStacks: number;
  totalBytes: number;
  totalBytesDeviation?: number;
  totalCount: number;
  groups: StackGroup[];
}
