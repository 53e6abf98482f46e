import { create, type MessageInitShape } from "@bufbuild/protobuf";
import {
  DictionarySchema,
  type CodeNameSchema,
  type Dictionary,
  type ModuleSchema,
  type ModuleUnloadSchema,
  type ThreadSchema,
} from "../gen/heaphound/v1/ingest_pb.js";
import { ByteWriter } from "./byte-writer.js";

/**
 * Builds the dictionaries of a stream: frames are added as a trie, and `take()` gives what is new since the last call.
 * Addresses are those of calls, outermost last, as docs/wire.md has them ("innermost first").
 */
export class DictionaryBuilder {
  private readonly nodes: { parent: number; address: bigint }[] = [{ parent: 0, address: 0n }]; // index = id
  private readonly children = new Map<string, number>();
  private readonly stacks: number[] = [0]; // index = number
  private readonly numbers = new Map<number, number>();
  private sent: Counts = { nodes: 0, stacks: 0 };
  private root = 0;

  /** Starts a new generation: the same addresses get new nodes, as after an unload. */
  newRoot(): void {
    this.nodes.push({ parent: 0, address: 0n });
    this.root = this.nodes.length - 1;
  }

  get nextNode(): number {
    return this.nodes.length;
  }

  /** The number of a stack of these frames, innermost first. */
  stack(frames: readonly bigint[]): number {
    if (this.root === 0) this.newRoot();
    let node = this.root;
    for (let n = frames.length - 1; n >= 0; n--) node = this.child(node, frames[n]!);
    let number = this.numbers.get(node);
    if (number === undefined) {
      number = this.stacks.push(node) - 1;
      this.numbers.set(node, number);
    }
    return number;
  }

  /** What is new since the last call. */
  take(extra: DictionaryExtra = {}): Dictionary {
    const from = this.sent;
    this.sent = { nodes: this.nodes.length - 1, stacks: this.stacks.length - 1 };
    return this.between(from, this.sent, extra);
  }

  /** Everything that `take()` has given so far, for a new stream. */
  repeat(extra: DictionaryExtra = {}): Dictionary {
    return this.between({ nodes: 0, stacks: 0 }, this.sent, extra);
  }

  private child(parent: number, address: bigint): number {
    const key = `${parent}:${address}`;
    let node = this.children.get(key);
    if (node === undefined) {
      node = this.nodes.push({ parent, address }) - 1;
      this.children.set(key, node);
    }
    return node;
  }

  private between(from: Counts, to: Counts, extra: DictionaryExtra): Dictionary {
    const nodes = new ByteWriter();
    for (let id = from.nodes + 1; id <= to.nodes; id++) {
      const { parent, address } = this.nodes[id]!;
      nodes.varint(id - parent);
      nodes.zigzag64(BigInt.asIntN(64, address - this.nodes[parent]!.address));
    }
    const stacks = new ByteWriter();
    let previous = 0;
    for (let number = from.stacks + 1; number <= to.stacks; number++) {
      stacks.zigzag64(BigInt(this.stacks[number]! - previous));
      previous = this.stacks[number]!;
    }
    return create(DictionarySchema, {
      ...extra,
      firstNode: from.nodes + 1,
      nodeCount: to.nodes - from.nodes,
      nodes: nodes.bytes(),
      firstStack: from.stacks + 1,
      stackCount: to.stacks - from.stacks,
      stacks: stacks.bytes(),
    });
  }
}

interface Counts {
  nodes: number;
  stacks: number;
}

export interface DictionaryExtra {
  modules?: MessageInitShape<typeof ModuleSchema>[];
  moduleUnloads?: MessageInitShape<typeof ModuleUnloadSchema>[];
  threads?: MessageInitShape<typeof ThreadSchema>[];
  codeNames?: MessageInitShape<typeof CodeNameSchema>[];
}
