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
  /** Lines with the same function, module and inlining have the same label: they are one node of a flame graph. */
  label: number;
}

/** A frame hash that stands for "the stack was cut here". */
const CUT = { high: 0, low: 1 };

/** Frames that no process has: their names say why there are none. No hash has more than 32 bits in its upper half. */
const SPECIAL_HIGH = 2 ** 32;
const SPECIAL_NAMES = ["[no stack]", "[stack not stored yet]"];
export const NO_STACK = 0;
export const NOT_STORED = 1;

const UNKNOWN_PLACE: FramePlace = { offset: 0n, modulePath: "", buildId: "" };

/** Frames of one process by dense number, with their names as far as they are known. */
export class FrameTable {
  readonly strings = new Strings();
  private readonly numbers = new PairTable();
  private readonly places: (FramePlace | undefined)[] = [];
  private readonly entries: (readonly Entry[] | undefined)[] = [];
  private readonly versions: number[] = [];
  private readonly labels = new PairTable();
  private entryCount = 0;

  constructor() {
    for (const special of SPECIAL_NAMES.keys()) this.numbers.add(SPECIAL_HIGH, special);
  }

  /** Numbers of labels are below this. */
  get labelCount(): number {
    return this.labels.size;
  }

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
    return this.places[frame] !== undefined || this.isSpecial(frame);
  }

  hasSymbols(frame: number): boolean {
    return (this.versions[frame] ?? 0) > 0 || this.isSpecial(frame);
  }

  /** What the frame is shown as: inlined functions first. At least one entry. */
  entriesOf(frame: number): readonly Entry[] {
    return (this.entries[frame] ??= [this.unnamedEntry(frame)]);
  }

  private isSpecial(frame: number): boolean {
    return frame < SPECIAL_NAMES.length || this.isCut(frame);
  }

  private isCut(frame: number): boolean {
    return this.numbers.firstOf(frame) === CUT.high && this.numbers.secondOf(frame) === CUT.low;
  }

  private namedEntries(frame: number, { functions, files, lines }: FrameSymbols): readonly Entry[] {
    const { modulePath, offset } = this.placeOf(frame);
    this.entryCount += functions.length;
    const module = this.strings.add(baseName(modulePath));
    const hex = this.strings.add(`0x${offset.toString(16)}`);
    return functions.map((name, index) =>
      this.entryOf({
        name: this.strings.add(name),
        module,
        file: this.strings.add(files[index] ?? ""),
        line: lines[index] ?? 0,
        inlined: index < functions.length - 1 ? 1 : 0,
        offset: hex,
      }),
    );
  }

  private unnamedEntry(frame: number): Entry {
    const special = this.isCut(frame) ? "[stack cut here]" : SPECIAL_NAMES[frame];
    const { modulePath, offset } = this.placeOf(frame);
    const hex = special === undefined ? `0x${offset.toString(16)}` : "";
    const name = special ?? `${baseName(modulePath) || "??"}+${hex}`;
    const module = this.strings.add(baseName(modulePath));
    return this.entryOf({
      name: this.strings.add(name),
      module,
      file: 0,
      line: 0,
      inlined: 0,
      offset: this.strings.add(hex),
    });
  }

  private entryOf(entry: Omit<Entry, "label">): Entry {
    return { ...entry, label: this.labels.add(entry.module * 2 + entry.inlined, entry.name) };
  }
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
