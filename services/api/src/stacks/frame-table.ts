import { PairTable } from "./pair-table.js";
import { Strings } from "./strings.js";

/** What the database knows of a frame's place. */
export interface FramePlace {
  offset: bigint;
  modulePath: string;
  buildId: string;
}

/** What the symbolizer found there: inlined functions first, the last is really there. */
export interface FrameSymbols {
  version: number;
  functions: string[];
  files: string[];
  lines: number[];
}

/** One line of a displayed stack: a function, be it inlined or not. All fields but line and inlined are string numbers. */
export interface Entry {
  name: number;
  module: number;
  file: number;
  line: number;
  inlined: 0 | 1;
  offset: number;
}

/** A frame hash that stands for "the stack was cut here". */
const CUT = { high: 0, low: 1 };

const UNKNOWN_PLACE: FramePlace = { offset: 0n, modulePath: "", buildId: "" };

/** Frames of one process by dense number, with their names as far as they are known. */
export class FrameTable {
  readonly strings = new Strings();
  private readonly numbers = new PairTable();
  private readonly places: (FramePlace | undefined)[] = [];
  private readonly entries: (readonly Entry[] | undefined)[] = [];
  private readonly versions: number[] = [];
  private entryCount = 0;

  get size(): number {
    return this.numbers.size;
  }

  get byteLength(): number {
    return this.numbers.byteLength + this.strings.byteLength + this.size * 200 + this.entryCount * 80;
  }

  /** The number of a frame's 64-bit hash, given in halves. */
  numberOf(high: number, low: number): number {
    return this.numbers.add(high, low);
  }

  hashOf(frame: number): bigint {
    return (BigInt(this.numbers.firstOf(frame)) << 32n) | BigInt(this.numbers.secondOf(frame));
  }

  placeOf(frame: number): FramePlace {
    return this.places[frame] ?? UNKNOWN_PLACE;
  }

  setPlace(frame: number, place: FramePlace): void {
    this.places[frame] = place;
    this.entries[frame] = undefined;
  }

  setSymbols(frame: number, symbols: FrameSymbols): void {
    if (symbols.version < (this.versions[frame] ?? 0) || symbols.functions.length === 0) return;
    this.versions[frame] = symbols.version;
    this.entries[frame] = this.namedEntries(frame, symbols);
  }

  hasPlace(frame: number): boolean {
    return this.places[frame] !== undefined || this.isCut(frame);
  }

  hasSymbols(frame: number): boolean {
    return (this.versions[frame] ?? 0) > 0 || this.isCut(frame);
  }

  isCut(frame: number): boolean {
    return this.numbers.firstOf(frame) === CUT.high && this.numbers.secondOf(frame) === CUT.low;
  }

  /** What the frame is shown as: inlined functions first. At least one entry. */
  entriesOf(frame: number): readonly Entry[] {
    return (this.entries[frame] ??= [this.unnamedEntry(frame)]);
  }

  private namedEntries(frame: number, { functions, files, lines }: FrameSymbols): readonly Entry[] {
    const { modulePath, offset } = this.placeOf(frame);
    this.entryCount += functions.length;
    return functions.map((name, index) => ({
      name: this.strings.add(name),
      module: this.strings.add(baseName(modulePath)),
      file: this.strings.add(files[index] ?? ""),
      line: lines[index] ?? 0,
      inlined: index < functions.length - 1 ? 1 : 0,
      offset: this.strings.add(`0x${offset.toString(16)}`),
    }));
  }

  private unnamedEntry(frame: number): Entry {
    const { modulePath, offset } = this.placeOf(frame);
    const hex = `0x${offset.toString(16)}`;
    const name = this.isCut(frame) ? "[stack cut here]" : `${baseName(modulePath) || "??"}+${hex}`;
    const module = this.strings.add(baseName(modulePath));
    return { name: this.strings.add(name), module, file: 0, line: 0, inlined: 0, offset: this.strings.add(hex) };
  }
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
