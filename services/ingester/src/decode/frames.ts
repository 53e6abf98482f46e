import { hash } from "node:crypto";
import type { CodeName, DictionaryState, LoadedModule } from "@heaphound/wire";
import { CodeNames } from "./code-names.js";

/** A frame: the same in every process that has the file loaded. */
export interface Frame {
  id: bigint;
  /** Hex; `path:` and the path when the file has none; empty when the address lay in no module. */
  buildId: string;
  /** Of the call, in the ELF file's address space; without a module the address itself. */
  offset: bigint;
  path: string;
  /** Of a function that was made at run time: known at once, no file has it. */
  name?: string;
}

/** "The stack was cut here": address 1 on the wire, frame 1 in the database. */
export const CUT_FRAME = 1n;

export function buildIdOf(module: { buildId: Uint8Array; path: string }): string {
  return module.buildId.length > 0 ? Buffer.from(module.buildId).toString("hex") : `path:${module.path}`;
}

/** First 8 bytes of sha256("build id+0xoffset"), little-endian. 0 and 1 have other meanings. */
export function frameId(buildId: string, offset: bigint): bigint {
  const digest = hash("sha256", `${buildId}+0x${offset.toString(16)}`, "buffer");
  const id = digest.readBigUInt64LE(0);
  return id > 1n ? id : id + 2n;
}

/** Instead of a build id: functions of generated code are the same in every process when their names are. */
const GENERATED = "perf-map";

function generatedFrame(name: string | undefined): Frame | undefined {
  if (name === undefined) return undefined;
  const offset = hash("sha256", name, "buffer").readBigUInt64LE(0);
  return { id: frameId(GENERATED, offset), buildId: GENERATED, offset, path: "[generated code]", name };
}

function unknownFrame(address: bigint): Frame {
  return { id: frameId("", address), buildId: "", offset: address, path: "" };
}

interface ModuleRange {
  start: bigint;
  end: bigint;
  module: LoadedModule;
  buildId: string;
}

/**
 * Finds the frames of nodes, in ascending order of node. A module that is unloaded and another one at the same addresses
 * differ by the nodes that may lie in them, so what is remembered about an address holds up to the next such boundary.
 */
export class FrameResolver {
  private ranges: ModuleRange[] = [];
  private readonly codeNames = new CodeNames();
  private readonly byAddress = new Map<bigint, Frame>();
  private validUntil = 0;

  constructor(private readonly state: DictionaryState) {}

  /** To be called when modules were added or unloaded. */
  modulesChanged(): void {
    this.ranges = [...this.state.modules.values()].flatMap((module) => {
      const buildId = buildIdOf(module);
      return module.ranges.map(({ start, size }) => ({ start, end: start + size, module, buildId }));
    });
    this.validUntil = 0;
  }

  /** To be called before the nodes that these are for. */
  codeNamed(names: readonly CodeName[]): void {
    this.codeNames.add(names);
    this.validUntil = 0;
  }

  /** The frame of a node that is neither a root nor a cut. */
  frameOf(node: number): Frame {
    if (node >= this.validUntil) this.startGeneration(node);
    const address = (BigInt(this.state.addressHigh(node)) << 32n) | BigInt(this.state.addressLow(node));
    let frame = this.byAddress.get(address);
    if (!frame) {
      frame = this.resolve(node, address);
      this.byAddress.set(address, frame);
    }
    return frame;
  }

  private startGeneration(node: number): void {
    this.byAddress.clear();
    this.validUntil = Infinity;
    for (const { module } of this.ranges) {
      for (const boundary of [module.firstNode, module.endNode]) {
        if (boundary > node && boundary < this.validUntil) this.validUntil = boundary;
      }
    }
  }

  private resolve(node: number, address: bigint): Frame {
    const range = this.ranges.find(
      ({ start, end, module }) =>
        address >= start && address < end && module.firstNode <= node && node < module.endNode,
    );
    if (!range) return generatedFrame(this.codeNames.at(node, address)) ?? unknownFrame(address);
    const offset = BigInt.asUintN(64, address - range.module.loadBias);
    return { id: frameId(range.buildId, offset), buildId: range.buildId, offset, path: range.module.path };
  }
}
