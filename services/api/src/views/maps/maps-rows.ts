import type { AllocatorInfo, AllocatorSetting, MappingKind, MappingOwner, MappingRow } from "@heaphound/query";
import type { AddressSpace, MemoryCall } from "./address-space.js";

export interface CallRow {
  kind: string;
  time: number;
  tid: number;
  stack: number;
  address: string;
  size: string;
  old_address: string;
  old_size: string;
}

export interface KernelMapping {
  start: string;
  size: string;
  permissions: string;
  name: string;
  resident: number;
  proportional: number;
  private_dirty: number;
  anonymous: number;
  swap: number;
}

export interface AllocatorRow {
  number: number;
  name: string;
  module: string;
  version: string;
  prefix: string;
  hooking: string;
  reason: string;
  sampled: number;
  inUseBytes: number;
  freeBytes: number;
  mappedBytes: number;
}

export interface SettingRow {
  time: number;
  tid: number;
  stack: number;
  parameter: number;
  value: number;
  result: number;
}

export function toCall(row: CallRow): MemoryCall {
  return {
    kind: row.kind,
    timeNs: row.time,
    tid: row.tid,
    stack: row.stack,
    address: Number(row.address),
    size: Number(row.size),
    oldAddress: Number(row.old_address),
    oldSize: Number(row.old_size),
  };
}

export function toMapping(row: KernelMapping, space: AddressSpace): MappingRow {
  const [start, sizeBytes] = [Number(row.start), Number(row.size)];
  const owners = space.ownersOf(start, start + sizeBytes).map(({ call, bytes }): MappingOwner => {
    const { timeNs, tid, stack } = call;
    return { call: call.kind as MappingOwner["call"], timeNs, tid, stack, bytes };
  });
  return {
    start: hex(BigInt(row.start)),
    end: hex(BigInt(row.start) + BigInt(row.size)),
    sizeBytes,
    permissions: row.permissions,
    name: row.name,
    kind: kindOf(row.name),
    residentBytes: row.resident,
    proportionalBytes: row.proportional,
    privateDirtyBytes: row.private_dirty,
    anonymousBytes: row.anonymous,
    swapBytes: row.swap,
    owners,
    unexplainedBytes: owners.reduce((rest, { bytes }) => rest - bytes, sizeBytes),
  };
}

const hex = (address: bigint): string => `0x${address.toString(16)}`;

/** By the name that the kernel gives a mapping. */
export function kindOf(name: string): MappingKind {
  if (name === "[heap]") return "heap";
  if (name.startsWith("[stack")) return "stack";
  if (name === "" || name.startsWith("[anon")) return "anonymous";
  return name.startsWith("[") ? "kernel" : "file";
}

export function toAllocator(row: AllocatorRow): AllocatorInfo {
  const { number, name, module, version, prefix, hooking, reason } = row;
  const said = (bytes: number): number | null => (row.sampled === 1 ? bytes : null);
  return {
    number,
    name,
    module,
    version,
    prefix,
    hooking,
    reason,
    inUseBytes: said(row.inUseBytes),
    freeBytes: said(row.freeBytes),
    mappedBytes: said(row.mappedBytes),
  };
}

/** glibc's mallopt parameters. */
const PARAMETERS: Readonly<Record<number, string>> = {
  1: "M_MXFAST",
  [-1]: "M_TRIM_THRESHOLD",
  [-2]: "M_TOP_PAD",
  [-3]: "M_MMAP_THRESHOLD",
  [-4]: "M_MMAP_MAX",
  [-5]: "M_CHECK_ACTION",
  [-6]: "M_PERTURB",
  [-7]: "M_ARENA_TEST",
  [-8]: "M_ARENA_MAX",
};

export function toSetting({ time, tid, stack, parameter, value, result }: SettingRow): AllocatorSetting {
  const name = PARAMETERS[parameter] ?? String(parameter);
  return { timeNs: time, tid, stack, parameter, name, value, accepted: result !== 0 };
}
