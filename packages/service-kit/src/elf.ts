import { open, type FileHandle } from "node:fs/promises";

/** What finding and using a binary's symbols needs to know of an ELF file. */
export interface ElfFacts {
  /** Lower-case hex; empty when the file has none. */
  buildId: string;
  /** Executable segments, in the file's own address space. */
  executable: { start: bigint; end: bigint }[];
  /** Has DWARF (`.debug_info` with contents). */
  hasDwarf: boolean;
  hasSymbolTable: boolean;
  /** Name and CRC-32 of the separate debug file. */
  debugLink: { name: string; crc: number } | undefined;
  /** `.gnu_debugdata`: an xz-compressed ELF file with more symbols. */
  debugData: { offset: number; size: number } | undefined;
}

export class ElfError extends Error {}

const PT_LOAD = 1;
const PT_NOTE = 4;
const PF_X = 1;
const SHT_NOBITS = 8;
const NT_GNU_BUILD_ID = 3;
const MAX_TABLE_BYTES = 16 * 1024 * 1024;
const MAX_NOTE_BYTES = 1024 * 1024;

interface Segment {
  type: number;
  flags: number;
  offset: number;
  address: bigint;
  fileSize: number;
  memorySize: bigint;
}

interface Section {
  name: string;
  type: number;
  offset: number;
  size: number;
}

/** Reads headers only, whatever the size of the file. Throws an `ElfError` for what is not a usable ELF file. */
export async function readElf(path: string): Promise<ElfFacts> {
  const file = await open(path, "r");
  try {
    return await new ElfReader(file).facts();
  } finally {
    await file.close();
  }
}

/** Field offsets differ between 32 and 64 bits, byte order between architectures: both are looked up here. */
class ElfReader {
  private wide = true;
  private little = true;

  constructor(private readonly file: FileHandle) {}

  async facts(): Promise<ElfFacts> {
    const header = await this.bytes(0, 64);
    if (header.readUInt32BE(0) !== 0x7f454c46) throw new ElfError("not an ELF file");
    this.wide = header[4] === 2;
    this.little = header[5] === 1;
    const segments = await this.segments(header);
    const sections = await this.sections(header);
    const find = (name: string): Section | undefined =>
      sections.find((section) => section.name === name && section.type !== SHT_NOBITS && section.size > 0);
    const debugData = find(".gnu_debugdata");
    return {
      buildId: await this.buildId(segments, sections),
      executable: segments
        .filter(({ type, flags }) => type === PT_LOAD && (flags & PF_X) !== 0)
        .map(({ address, memorySize }) => ({ start: address, end: address + memorySize })),
      hasDwarf: find(".debug_info") !== undefined || find(".zdebug_info") !== undefined,
      hasSymbolTable: find(".symtab") !== undefined,
      debugLink: await this.debugLink(find(".gnu_debuglink")),
      debugData: debugData && { offset: debugData.offset, size: debugData.size },
    };
  }

  private async segments(header: Buffer): Promise<Segment[]> {
    const offset = this.word(header, this.wide ? 32 : 28);
    const size = this.half(header, this.wide ? 54 : 42);
    const count = this.half(header, this.wide ? 56 : 44);
    const table = await this.table(offset, size, count);
    return table.map((entry) => ({
      type: this.int(entry, 0),
      flags: this.int(entry, this.wide ? 4 : 24),
      offset: this.word(entry, this.wide ? 8 : 4),
      address: this.address(entry, this.wide ? 16 : 8),
      fileSize: this.word(entry, this.wide ? 32 : 16),
      memorySize: this.address(entry, this.wide ? 40 : 20),
    }));
  }

  private async sections(header: Buffer): Promise<Section[]> {
    const offset = this.word(header, this.wide ? 40 : 32);
    const size = this.half(header, this.wide ? 58 : 46);
    const count = this.half(header, this.wide ? 60 : 48);
    const namesIndex = this.half(header, this.wide ? 62 : 50);
    if (offset === 0 || count === 0) return [];
    const table = await this.table(offset, size, count);
    const sections = table.map((entry) => ({
      nameOffset: this.int(entry, 0),
      type: this.int(entry, 4),
      offset: this.word(entry, this.wide ? 24 : 16),
      size: this.word(entry, this.wide ? 32 : 20),
    }));
    const namesSection = sections[namesIndex];
    if (!namesSection) return [];
    const names = await this.bytes(namesSection.offset, Math.min(namesSection.size, MAX_TABLE_BYTES));
    return sections.map(({ nameOffset, ...section }) => ({ ...section, name: textAt(names, nameOffset) }));
  }

  private async table(offset: number, entrySize: number, count: number): Promise<Buffer[]> {
    const bytes = entrySize * count;
    if (bytes > MAX_TABLE_BYTES) throw new ElfError("header table is too large");
    const table = await this.bytes(offset, bytes);
    return Array.from({ length: count }, (_, i) => table.subarray(i * entrySize, (i + 1) * entrySize));
  }

  /** By segment, which stripping keeps; in files that hold debug information only the segments' contents are gone. */
  private async buildId(segments: readonly Segment[], sections: readonly Section[]): Promise<string> {
    const places = [
      ...sections.filter(({ name, type }) => name === ".note.gnu.build-id" && type !== SHT_NOBITS),
      ...segments.filter(({ type }) => type === PT_NOTE).map(({ offset, fileSize }) => ({ offset, size: fileSize })),
    ];
    for (const { offset, size } of places) {
      if (size === 0 || size > MAX_NOTE_BYTES) continue;
      const id = this.noteBuildId(await this.bytes(offset, size).catch(() => Buffer.alloc(0)));
      if (id !== undefined) return id;
    }
    return "";
  }

  /** A note: name size, contents size, type, then name and contents, each padded to 4 bytes. */
  private noteBuildId(notes: Buffer): string | undefined {
    for (let position = 0; position + 12 <= notes.length;) {
      const nameSize = this.int(notes, position);
      const size = this.int(notes, position + 4);
      const type = this.int(notes, position + 8);
      const start = position + 12 + padded(nameSize);
      const isGnu = notes.toString("latin1", position + 12, position + 15) === "GNU";
      if (type === NT_GNU_BUILD_ID && isGnu && start + size <= notes.length) {
        return notes.toString("hex", start, start + size);
      }
      position = start + padded(size);
    }
    return undefined;
  }

  private async debugLink(section: Section | undefined): Promise<ElfFacts["debugLink"]> {
    if (!section || section.size > 4096 + 8) return undefined;
    const bytes = await this.bytes(section.offset, section.size);
    const name = textAt(bytes, 0);
    // A path here could lead anywhere; a real one is a bare file name.
    if (name === "" || name.includes("/") || bytes.length < padded(name.length + 1) + 4) return undefined;
    return { name, crc: this.int(bytes, padded(name.length + 1)) };
  }

  private async bytes(offset: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(length);
    const { bytesRead } = await this.file.read(buffer, 0, length, offset);
    if (bytesRead < length) throw new ElfError("the file is cut off");
    return buffer;
  }

  private half(buffer: Buffer, at: number): number {
    return this.little ? buffer.readUInt16LE(at) : buffer.readUInt16BE(at);
  }

  private int(buffer: Buffer, at: number): number {
    return this.little ? buffer.readUInt32LE(at) : buffer.readUInt32BE(at);
  }

  private address(buffer: Buffer, at: number): bigint {
    if (!this.wide) return BigInt(this.int(buffer, at));
    return this.little ? buffer.readBigUInt64LE(at) : buffer.readBigUInt64BE(at);
  }

  /** An offset or size in the file. */
  private word(buffer: Buffer, at: number): number {
    const value = this.address(buffer, at);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new ElfError("an offset is out of range");
    return Number(value);
  }
}

function padded(size: number): number {
  return (size + 3) & ~3;
}

function textAt(bytes: Buffer, offset: number): string {
  const end = bytes.indexOf(0, offset);
  return bytes.toString("utf8", offset, end < 0 ? bytes.length : end);
}
