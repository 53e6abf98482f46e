import {
  instantToNs,
  type AllocatorInfo,
  type Instant,
  type MappingRow,
  type Maps,
  type MemoryFacts,
} from "@heaphound/query";
import {
  compileAllocators,
  compileMappings,
  compileMapSampleTimes,
  compileMemoryCalls,
  compileMemorySample,
  compileSettings,
  type ProcessScope,
} from "@heaphound/query/server";
import type { Database } from "../../database/database.js";
import type { ProcessFinder } from "../../processes/process-finder.js";
import type { StackStore } from "../../stacks/stack-store.js";
import { formatBytes, plural } from "../format.js";
import { scopeOf } from "../question-window.js";
import { AddressSpace } from "./address-space.js";
import { toAllocator, toCall, toMapping, toSetting } from "./maps-rows.js";
import type { AllocatorRow, CallRow, KernelMapping, SettingRow } from "./maps-rows.js";

/** Pages are at least this large; larger ones only make the parts of a mapping coarser. */
const PAGE_BYTES = 4096;
/** Mappings are shown with the calls that own most of them. */
const MAX_STACKS = 2_000;

interface SampleTime {
  time_ns: string;
  resident: number;
  mappings: number;
}

/** The address space: what the kernel lists, and the calls that it goes back to. */
export class MapsService {
  constructor(
    private readonly database: Database,
    private readonly finder: ProcessFinder,
    private readonly stackStore: StackStore,
  ) {}

  async maps(reference: string, at: Instant | undefined): Promise<Maps> {
    const process = await this.finder.find(reference);
    const scope = scopeOf(process);
    const atNs = at === undefined ? process.durationNs : instantToNs(at, process.durationNs);
    const question = { scope, atNs: at === undefined ? END_OF_TIME : scope.startedNs + BigInt(atNs) };
    const [times, memory, allocators, settings, calls] = await Promise.all([
      this.database.rows<SampleTime>("map-samples", compileMapSampleTimes(scope)),
      this.database.rows<MemoryFacts>("memory-sample", compileMemorySample(question)),
      this.database.rows<AllocatorRow>("allocators", compileAllocators(scope)),
      this.database.rows<SettingRow>("settings", compileSettings(scope)),
      this.database.rows<CallRow>("memory-calls", compileMemoryCalls(question)),
    ]);
    const sample = times.find(({ time_ns }) => BigInt(time_ns) <= question.atNs);
    const mappings = sample ? await this.mappings(scope, BigInt(sample.time_ns), calls) : [];
    const sinceStart = (ns: string): number => Number(BigInt(ns) - scope.startedNs);
    return {
      revision: process.revision,
      sentence: sentenceOf(process.pod || process.name, mappings),
      atNs,
      sampledNs: sample ? sinceStart(sample.time_ns) : null,
      sampleTimesNs: times.map(({ time_ns }) => sinceStart(time_ns)).reverse(),
      sampleResidentBytes: times.map(({ resident }) => resident).reverse(),
      mappings,
      memory: memory[0] ?? null,
      allocators: allocators.map((row): AllocatorInfo => toAllocator(row)),
      settings: settings.map(toSetting),
      calls: calls.length,
      stacks: await this.framesOf(scope, [
        ...mappings.flatMap(({ owners }) => owners.map(({ stack }) => stack)),
        ...settings.map(({ stack }) => stack),
      ]),
    };
  }

  private async mappings(scope: ProcessScope, sampledNs: bigint, calls: readonly CallRow[]): Promise<MappingRow[]> {
    const rows = await this.database.rows<KernelMapping>("mappings", compileMappings(scope, sampledNs));
    const space = new AddressSpace(PAGE_BYTES);
    const sampledAt = Number(sampledNs - scope.startedNs);
    for (const row of calls) {
      if (row.time > sampledAt) break;
      space.apply(toCall(row));
    }
    return rows.map((row) => toMapping(row, space));
  }

  private async framesOf(scope: ProcessScope, named: readonly number[]): Promise<Maps["stacks"]> {
    const numbers = [...new Set(named)].slice(0, MAX_STACKS);
    const stacks = await this.stackStore.load(scope.process, numbers);
    return Object.fromEntries(numbers.map((stack) => [stack, stacks.displayOf(stack)]));
  }
}

const END_OF_TIME = 2n ** 63n - 1n;

function sentenceOf(process: string, mappings: readonly MappingRow[]): string {
  const sum = (of: (row: MappingRow) => number): string => formatBytes(mappings.reduce((all, row) => all + of(row), 0));
  if (mappings.length === 0) return `The address space of ${process} was not looked at by then`;
  return `${sum((row) => row.residentBytes)} resident of ${sum((row) => row.sizeBytes)} mapped in ${process}, in ${plural(mappings.length, "mapping")}`;
}
