import type { Frame } from "./stacks.js";

/** The address space at an instant. */
export interface Maps {
  revision: number;
  sentence: string;
  atNs: number;
  /** When the shown list was taken; null: none was by then. */
  sampledNs: number | null;
  /** When lists were taken, in order, and the resident bytes of each. */
  sampleTimesNs: number[];
  sampleResidentBytes: number[];
  mappings: MappingRow[];
  memory: MemoryFacts | null;
  allocators: AllocatorInfo[];
  settings: AllocatorSetting[];
  /** Calls that were looked at. */
  calls: number;
  /** Frames of the stacks that owners and settings name. */
  stacks: Record<number, Frame[]>;
}

export interface MappingRow {
  /** Hexadecimal, with 0x. */
  start: string;
  end: string;
  sizeBytes: number;
  permissions: string;
  name: string;
  kind: MappingKind;
  residentBytes: number;
  proportionalBytes: number;
  privateDirtyBytes: number;
  anonymousBytes: number;
  swapBytes: number;
  /** The largest part first. Empty: mapped inside libc, by the loader, or before recording began. */
  owners: MappingOwner[];
  /** Bytes that no recorded call explains. */
  unexplainedBytes: number;
}

export type MappingKind = "heap" | "stack" | "anonymous" | "file" | "kernel";

/** A call that a mapping, or a part of it, goes back to. */
export interface MappingOwner {
  call: "mmap" | "mremap" | "brk";
  timeNs: number;
  tid: number;
  stack: number;
  /** Of the mapping. */
  bytes: number;
}

/** One sample of what the kernel says about the process's memory. */
export interface MemoryFacts {
  timeNs: number;
  residentBytes: number;
  anonymousBytes: number;
  fileBytes: number;
  sharedBytes: number;
  swapBytes: number;
  liveBytes: number;
  profilerBytes: number;
  cgroupBytes: number;
  cgroupLimitBytes: number;
  cgroupSwapBytes: number;
  cgroupOom: number;
  cgroupOomKills: number;
}

/** An allocator in the process; number 0 serves malloc. */
export interface AllocatorInfo {
  number: number;
  name: string;
  module: string;
  version: string;
  prefix: string;
  /** interposed, imports, patched, pool; refused: its calls are not seen, see `reason`. */
  hooking: string;
  reason: string;
  /** What it said of itself last, null when it was not asked. */
  inUseBytes: number | null;
  freeBytes: number | null;
  mappedBytes: number | null;
}

/** A setting of the allocator that the program changed (mallopt). */
export interface AllocatorSetting {
  timeNs: number;
  tid: number;
  stack: number;
  parameter: number;
  name: string;
  value: number;
  accepted: boolean;
}
