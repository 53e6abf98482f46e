import { hash } from "node:crypto";
import { DictionaryState, type DictionaryDelta, type DictionaryLimits } from "@heaphound/wire";
import { CUT_FRAME, FrameResolver, type Frame } from "./frames.js";

/** What a stream has defined, translated to ids that are the same in every process. */
export class ProcessDictionary {
  readonly state: DictionaryState;
  private readonly resolver: FrameResolver;
  private frameLows = new Uint32Array(1024); // by node
  private frameHighs = new Uint32Array(1024);
  private readonly scratch = Buffer.alloc(8 * 16_384);

  constructor(limits?: DictionaryLimits) {
    this.state = new DictionaryState(limits);
    this.resolver = new FrameResolver(this.state);
  }

  /** Adds a delta and returns the frames that this process had not met before. Throws WireError. */
  apply(delta: DictionaryDelta): Frame[] {
    const firstNode = this.state.nodeCount + 1;
    this.state.apply(delta);
    if (delta.modules.length > 0 || delta.unloads.length > 0) this.resolver.modulesChanged();
    if (delta.codeNames.length > 0) this.resolver.codeNamed(delta.codeNames);
    return this.resolveNodes(firstNode);
  }

  /** Frame ids of a stack, innermost first, 8 bytes each little-endian. A view that the next call overwrites. */
  framesOf(stack: number): Uint8Array {
    const { state } = this;
    let length = 0;
    for (let node = state.nodeOfStack(stack); !this.isRoot(node); node = state.parent(node)) {
      this.scratch.writeUInt32LE(this.frameLows[node]!, length);
      this.scratch.writeUInt32LE(this.frameHighs[node]!, length + 4);
      length += 8;
    }
    return this.scratch.subarray(0, length);
  }

  /** Roots stand for "no caller"; they are not frames. */
  isRoot(node: number): boolean {
    return this.state.parent(node) === 0;
  }

  /** The calling node, 0 above the outermost frame. */
  callerOf(node: number): number {
    const parent = this.state.parent(node);
    return this.isRoot(parent) ? 0 : parent;
  }

  frameLow(node: number): number {
    return this.frameLows[node]!;
  }

  frameHigh(node: number): number {
    return this.frameHighs[node]!;
  }

  private resolveNodes(firstNode: number): Frame[] {
    const { state } = this;
    this.reserve(state.nodeCount + 1);
    const fresh = new Map<bigint, Frame>();
    for (let node = firstNode; node <= state.nodeCount; node++) {
      if (this.isRoot(node)) continue;
      if (state.addressHigh(node) === 0 && state.addressLow(node) === Number(CUT_FRAME)) {
        this.setFrame(node, CUT_FRAME);
        continue;
      }
      const frame = this.resolver.frameOf(node);
      this.setFrame(node, frame.id);
      if (!this.known.has(frame.id)) fresh.set(frame.id, frame);
    }
    for (const id of fresh.keys()) this.known.add(id);
    return [...fresh.values()];
  }

  private readonly known = new Set<bigint>();

  private setFrame(node: number, id: bigint): void {
    this.frameLows[node] = Number(id & 0xffffffffn);
    this.frameHighs[node] = Number(id >> 32n);
  }

  private reserve(length: number): void {
    if (length <= this.frameLows.length) return;
    const lows = new Uint32Array(length * 2);
    const highs = new Uint32Array(length * 2);
    lows.set(this.frameLows);
    highs.set(this.frameHighs);
    this.frameLows = lows;
    this.frameHighs = highs;
  }
}

/** First 16 bytes of the sha256 of a stack's frame ids. */
export function stackId(frames: Uint8Array): Uint8Array {
  return hash("sha256", frames, "buffer").subarray(0, 16);
}
