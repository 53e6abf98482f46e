import { WireError } from "../error.js";
import { MAX_STACK_FRAMES, MAX_STACKS } from "../limits.js";
import type { DictionaryDelta, ModuleDefinition } from "./read.js";
import { WordReader } from "./word-reader.js";

export interface DictionaryLimits {
  nodes: number;
  stacks: number;
  modules: number;
}

const DEFAULT_LIMITS: DictionaryLimits = { nodes: MAX_STACKS, stacks: MAX_STACKS, modules: 65_536 };

export interface LoadedModule extends ModuleDefinition {
  /** Nodes from this id on do not lie in it. */
  endNode: number;
}

/**
 * Everything that one stream has defined so far: the trie of stack nodes, the stacks that events name, the modules.
 * Node ids and stack numbers ascend from 1 without gaps; 0 is "none".
 */
export class DictionaryState {
  readonly modules = new Map<number, LoadedModule>();
  private parents = new Uint32Array(1024);
  private lows = new Uint32Array(1024);
  private highs = new Uint32Array(1024);
  private depths = new Uint16Array(1024);
  private stackNodes = new Uint32Array(1024);
  private nodes = 0;
  private stacks = 0;

  constructor(private readonly limits: DictionaryLimits = DEFAULT_LIMITS) {}

  get nodeCount(): number {
    return this.nodes;
  }

  get stackCount(): number {
    return this.stacks;
  }

  /** Adds a delta. Throws WireError when it does not continue what is there; the state is of no use afterwards. */
  apply(delta: DictionaryDelta): void {
    this.addModules(delta);
    if (delta.nodeCount > 0) this.addNodes(delta);
    else if (delta.nodes.length > 0) throw new WireError("count_mismatch", "a dictionary has nodes but node_count 0");
    if (delta.stackCount > 0) this.addStacks(delta);
    else if (delta.stacks.length > 0)
      throw new WireError("count_mismatch", "a dictionary has stacks but stack_count 0");
  }

  nodeOfStack(stack: number): number {
    return this.stackNodes[stack]!;
  }

  parent(node: number): number {
    return this.parents[node]!;
  }

  addressLow(node: number): number {
    return this.lows[node]!;
  }

  addressHigh(node: number): number {
    return this.highs[node]!;
  }

  /** Number of frames from this node outwards; roots are not frames. */
  depth(node: number): number {
    return this.depths[node]!;
  }

  private addModules(delta: DictionaryDelta): void {
    for (const module of delta.modules) {
      if (!this.modules.has(module.number) && this.modules.size >= this.limits.modules) {
        throw new WireError("bad_dictionary", `more than ${this.limits.modules} modules`);
      }
      this.modules.set(module.number, { ...module, endNode: Infinity });
    }
    for (const unload of delta.unloads) {
      const module = this.modules.get(unload.number);
      if (!module) throw new WireError("bad_dictionary", `module ${unload.number} is unloaded but was never loaded`);
      module.endNode = unload.firstNode;
    }
  }

  private addNodes(delta: DictionaryDelta): void {
    checkCount("node", delta.nodeCount, delta.nodes.length / 2); // an entry has at least two bytes
    const end = this.grow("node", delta.firstNode, delta.nodeCount);
    const column = new WordReader(delta.nodes, "Dictionary.nodes");
    for (let id = delta.firstNode; id < end; id++) {
      const parent = id - column.uint32();
      if (parent < 0 || parent === id) throw new WireError("bad_dictionary", `node ${id} has no earlier parent`);
      column.readZigzag();
      this.setNode(id, parent, column);
    }
    column.finish();
    this.nodes = end - 1;
  }

  private setNode(id: number, parent: number, delta: WordReader): void {
    const low = this.lows[parent]! + delta.low;
    const high = this.highs[parent]! + delta.high + (low > 0xffffffff ? 1 : 0);
    this.parents[id] = parent;
    this.lows[id] = low;
    this.highs[id] = high;
    const isRoot = this.lows[id] === 0 && this.highs[id] === 0;
    if (isRoot !== (parent === 0)) {
      throw new WireError(
        "bad_dictionary",
        `node ${id} has ${isRoot ? "address 0 but a parent" : "no parent but an address"}`,
      );
    }
    const depth = isRoot ? 0 : this.depths[parent]! + 1;
    if (depth > MAX_STACK_FRAMES)
      throw new WireError("bad_dictionary", `node ${id} is deeper than ${MAX_STACK_FRAMES} frames`);
    this.depths[id] = depth;
  }

  private addStacks(delta: DictionaryDelta): void {
    checkCount("stack", delta.stackCount, delta.stacks.length);
    const end = this.grow("stack", delta.firstStack, delta.stackCount);
    const column = new WordReader(delta.stacks, "Dictionary.stacks");
    let node = 0;
    for (let stack = delta.firstStack; stack < end; stack++) {
      column.readZigzag();
      node = (node + column.low) >>> 0;
      if (node === 0 || node > this.nodes)
        throw new WireError("bad_dictionary", `stack ${stack} names the unknown node ${node}`);
      this.stackNodes[stack] = node;
    }
    column.finish();
    this.stacks = end - 1;
  }

  /** Checks that `count` entries from `first` on continue the table, makes room, and returns the id after the last. */
  private grow(table: "node" | "stack", first: number, count: number): number {
    const present = table === "node" ? this.nodes : this.stacks;
    const limit = table === "node" ? this.limits.nodes : this.limits.stacks;
    if (first !== present + 1) {
      throw new WireError("bad_dictionary", `${table}s go on at ${first}, but ${present} are known`);
    }
    const end = first + count;
    if (end - 1 > limit) throw new WireError("bad_dictionary", `more than ${limit} ${table}s`);
    if (table === "stack") this.stackNodes = grown(this.stackNodes, end);
    else this.growNodes(end);
    return end;
  }

  private growNodes(length: number): void {
    this.parents = grown(this.parents, length);
    this.lows = grown(this.lows, length);
    this.highs = grown(this.highs, length);
    this.depths = grown(this.depths, length);
  }
}

/** Before room is made for them. */
function checkCount(table: string, count: number, most: number): void {
  if (count > most)
    throw new WireError(
      "count_mismatch",
      `a dictionary declares ${count} ${table}s but holds at most ${Math.floor(most)}`,
    );
}

function grown<T extends Uint32Array | Uint16Array>(array: T, length: number): T {
  if (length <= array.length) return array;
  const larger = (array instanceof Uint32Array ? new Uint32Array(length * 2) : new Uint16Array(length * 2)) as T;
  larger.set(array);
  return larger;
}
