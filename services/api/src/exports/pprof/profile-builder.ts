import type { ProcessSummary } from "@heaphound/query";
import {
  Function as PprofFunction,
  Line,
  Location,
  Mapping,
  Profile,
  Sample,
  StringTable,
  ValueType,
} from "pprof-format";
import type { ModuleRow } from "../../processes/detail-queries.js";
import type { ProcessStacks } from "../../stacks/process-stacks.js";

/** Order of the values of a sample. */
const SAMPLE_TYPES = [
  ["alloc_objects", "count"],
  ["alloc_space", "bytes"],
  ["inuse_objects", "count"],
  ["inuse_space", "bytes"],
] as const;

/** Builds a pprof profile: one sample per stack, with functions, lines and mappings by build id. */
export class ProfileBuilder {
  private readonly strings = new StringTable();
  private readonly functions = new Map<string, PprofFunction>();
  private readonly locations = new Map<string, Location>();
  private readonly mappings = new Map<string, { mapping: Mapping; bias: bigint }>();
  private readonly values = new Map<number, [number, number, number, number]>();

  constructor(
    private readonly process: ProcessSummary,
    private readonly stacks: ProcessStacks,
    modules: readonly ModuleRow[],
  ) {
    for (const module of modules) this.addMapping(module);
  }

  allocated(stack: number, count: number, bytes: number): void {
    const values = this.valuesOf(stack);
    values[0] += count;
    values[1] += bytes;
  }

  inUse(stack: number, count: number, bytes: number): void {
    const values = this.valuesOf(stack);
    values[2] += count;
    values[3] += bytes;
  }

  encode(): Uint8Array {
    const sample = [...this.values].map(
      ([stack, value]) => new Sample({ locationId: this.locationsOf(stack), value: [...value] }),
    );
    return new Profile({
      sampleType: SAMPLE_TYPES.map(([type, unit]) => this.valueType(type, unit)),
      sample,
      mapping: [...this.mappings.values()].map(({ mapping }) => mapping),
      location: [...this.locations.values()],
      function: [...this.functions.values()],
      stringTable: this.strings,
      timeNanos: BigInt(this.process.startedUnixNs),
      durationNanos: this.process.durationNs,
      periodType: this.valueType("space", "bytes"),
      period: 1,
      defaultSampleType: this.strings.dedup("inuse_space"),
    }).encode();
  }

  private valuesOf(stack: number): [number, number, number, number] {
    let values = this.values.get(stack);
    if (!values) this.values.set(stack, (values = [0, 0, 0, 0]));
    return values;
  }

  private valueType(type: string, unit: string): ValueType {
    return new ValueType({ type: this.strings.dedup(type), unit: this.strings.dedup(unit) });
  }

  private addMapping(module: ModuleRow): void {
    if (this.mappings.has(module.build_id)) return;
    const mapping = new Mapping({
      id: this.mappings.size + 1,
      memoryStart: BigInt(module.start),
      memoryLimit: BigInt(module.end),
      fileOffset: 0,
      filename: this.strings.dedup(module.path),
      buildId: this.strings.dedup(module.build_id),
      hasFunctions: true,
      hasFilenames: true,
      hasLineNumbers: true,
      hasInlineFrames: true,
    });
    this.mappings.set(module.build_id, { mapping, bias: BigInt(module.load_bias) });
  }

  /** Innermost first, as pprof wants them. */
  private locationsOf(stack: number): number[] {
    const frames = this.stacks.framesOf(stack);
    if (frames.length > 0) return Array.from(frames, (frame) => this.locationOf(frame));
    const name = this.stacks.displayOf(stack)[0]?.function ?? "";
    return [this.location(name, () => ({ line: [this.line(name, "", 0)] }))];
  }

  private locationOf(frame: number): number {
    return this.location(String(frame), () => {
      const { frames } = this.stacks;
      const { strings } = frames;
      const place = frames.placeOf(frame);
      const known = this.mappings.get(place.buildId);
      const line = frames
        .entriesOf(frame)
        .map((entry) => this.line(strings.at(entry.name), strings.at(entry.file), entry.line));
      return { mappingId: known?.mapping.id ?? 0, address: place.offset + (known?.bias ?? 0n), line };
    });
  }

  private location(key: string, describe: () => Partial<Location>): number {
    let location = this.locations.get(key);
    if (!location) {
      location = new Location({ id: this.locations.size + 1, ...describe() });
      this.locations.set(key, location);
    }
    return Number(location.id);
  }

  private line(name: string, file: string, line: number): Line {
    return new Line({ functionId: this.functionOf(name, file), line });
  }

  private functionOf(name: string, file: string): number {
    const key = `${name}\0${file}`;
    let known = this.functions.get(key);
    if (!known) {
      const [nameIndex, filename] = [this.strings.dedup(name), this.strings.dedup(file)];
      known = new PprofFunction({ id: this.functions.size + 1, name: nameIndex, systemName: nameIndex, filename });
      this.functions.set(key, known);
    }
    return Number(known.id);
  }
}
