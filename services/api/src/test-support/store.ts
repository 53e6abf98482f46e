import { createHash } from "node:crypto";
import { insertBinary, type ClickHouseClient } from "@heaphound/service-kit";
import { freeTimeNs, type SyntheticBlock } from "./cut.js";
import type { SyntheticProgram, SyntheticStack } from "./program.js";
import { THREADS, type SyntheticEvents } from "./recording.js";
import { RowBinaryWriter } from "./row-binary.js";

/** One synthetic run, ready to be stored. */
export interface SyntheticRecording {
  /** Decimal 64-bit key. */
  process: string;
  startedNs: bigint;
  isRunning: boolean;
  labels: ProcessLabels;
  program: SyntheticProgram;
  events: SyntheticEvents;
  blocks: SyntheticBlock[];
}

export interface ProcessLabels {
  executable: string;
  arguments: string[];
  pid: number;
  hostname: string;
  namespace: string;
  workload: string;
  pod: string;
  container: string;
}

const PAGE_BYTES = 4096;
const BLOCKS_PER_INSERT = 20;

/** Stores a recording the way the ingester does: definitions, rows, and the block's own row last. */
export async function storeRecording(client: ClickHouseClient, recording: SyntheticRecording): Promise<void> {
  await storeDefinitions(client, recording);
  for (let at = 0; at < recording.blocks.length; at += BLOCKS_PER_INSERT) {
    await storeBlocks(client, recording, recording.blocks.slice(at, at + BLOCKS_PER_INSERT));
  }
}

async function insertRows(client: ClickHouseClient, table: string, values: readonly object[]): Promise<void> {
  if (values.length > 0) await client.insert({ table, values, format: "JSONEachRow" });
}

async function storeDefinitions(client: ClickHouseClient, recording: SyntheticRecording): Promise<void> {
  const { process, program } = recording;
  await insertRows(client, "processes", [processRow(recording)]);
  await insertRows(
    client,
    "modules",
    program.modules.map((module) => moduleRow(process, module)),
  );
  await insertRows(client, "threads", threadRows(process));
  await insertRows(
    client,
    "frames",
    program.frames.map(({ frame, module, offset }) => ({
      frame,
      build_id: module.buildId,
      offset,
      module_path: module.path,
    })),
  );
  await insertRows(
    client,
    "symbols",
    program.frames
      .filter(({ functions }) => functions.length > 0)
      .map(({ frame, functions, files, lines }) => ({ frame, version: 2, functions, files, lines })),
  );
  await storeStacks(client, recording);
  await insertRows(client, "losses", lossRows(recording));
}

function processRow({ process, startedNs, isRunning, labels, events }: SyntheticRecording): object {
  const ended = startedNs + BigInt(Math.round(events.durationNs));
  return {
    process,
    updated_ns: String(ended),
    started_ns: String(startedNs),
    ended_ns: isRunning ? "0" : String(ended),
    end_reason: isRunning ? "" : "exit",
    last_seen_ns: String(ended),
    parent_process: "0",
    parent_pid: 1,
    pod_uid: labels.pod === "" ? "" : createHash("sha1").update(labels.pod).digest("hex"),
    node: labels.pod === "" ? "" : "node-3",
    architecture: "amd64",
    libc: "glibc 2.36",
    allocator: "libc.so.6",
    page_size: PAGE_BYTES,
    preload_version: "0.1.0",
    mode: "exact",
    free_stacks: false,
    ...labels,
  };
}

function moduleRow(process: string, module: SyntheticProgram["modules"][number]): object {
  const start = 0x5600_0000_0000 + module.number * 0x100_0000;
  return {
    process,
    number: module.number,
    build_id: module.buildId,
    path: module.path,
    load_bias: start,
    start,
    end: start + 0x90_0000,
    file_size: 1_234_567,
    first_node: 1,
  };
}

function threadRows(process: string): object[] {
  return Array.from({ length: THREADS }, (_, index) => ({
    process,
    thread: index + 1,
    tid: 4711 + index,
    name: index === 0 ? "cart-server" : `worker-${index}`,
    block: 1,
  }));
}

function lossRows({ process, events, blocks }: SyntheticRecording): object[] {
  const withoutStack = events.stack.reduce((sum, stack) => sum + (stack === 0 ? 1 : 0), 0);
  const block = blocks.at(-1)?.block ?? 1;
  return withoutStack === 0 ? [] : [{ process, block, kind: "no_stack", count: withoutStack, bytes: 0, detail: "" }];
}

export function stackId(program: SyntheticProgram, stack: SyntheticStack): Buffer {
  const hash = createHash("sha256");
  for (const index of stack.frames) hash.update(program.frames[index]!.frame).update(",");
  return hash.digest().subarray(0, 16);
}

async function storeStacks(client: ClickHouseClient, { process, program }: SyntheticRecording): Promise<void> {
  const stacks = new RowBinaryWriter();
  const numbers = new RowBinaryWriter();
  const nodes = new NodeWriter(process, program);
  program.stacks.forEach((stack, index) => {
    const id = stackId(program, stack);
    stacks.raw(id).varint(stack.frames.length);
    for (const frame of stack.frames) stacks.u64(BigInt(program.frames[frame]!.frame));
    numbers
      .u64(BigInt(process))
      .u32(index + 1)
      .raw(id)
      .u16(stack.frames.length)
      // Every third one as an older version stored it, which wrote no nodes.
      .u32(index % 3 === 0 ? 0 : nodes.nodeOf(stack));
  });
  const format = "RowBinary" as const;
  await insertBinary(client, { table: "stacks", columns: ["stack_id", "frames"], format, body: stacks.bytes });
  await insertBinary(client, {
    table: "process_stacks",
    columns: ["process", "stack", "stack_id", "depth", "node"],
    format,
    body: numbers.bytes,
  });
  const columns = ["process", "node", "parent", "frame"];
  await insertBinary(client, { table: "process_nodes", columns, format, body: nodes.rows.bytes });
}

/** The nodes of a process's call tree, by the paths that need them. */
class NodeWriter {
  readonly rows = new RowBinaryWriter();
  private readonly known = new Map<string, number>([["", 0]]);

  constructor(
    private readonly process: string,
    private readonly program: SyntheticProgram,
  ) {}

  nodeOf(stack: SyntheticStack): number {
    let path = "";
    let node = 0;
    for (const index of [...stack.frames].reverse()) {
      path += `/${index}`;
      node = this.known.get(path) ?? this.add(path, node, BigInt(this.program.frames[index]!.frame));
    }
    return node;
  }

  private add(path: string, parent: number, frame: bigint): number {
    const node = this.known.size;
    this.known.set(path, node);
    this.rows.u64(BigInt(this.process)).u32(node).u32(parent).u64(frame);
    return node;
  }
}

async function storeBlocks(
  client: ClickHouseClient,
  recording: SyntheticRecording,
  blocks: SyntheticBlock[],
): Promise<void> {
  const allocations = new RowBinaryWriter();
  const lateFrees = new RowBinaryWriter();
  for (const block of blocks) {
    writeAllocations(allocations, recording, block);
    writeLateFrees(lateFrees, recording, block);
  }
  const format = "RowBinary" as const;
  await insertBinary(client, { table: "allocations", columns: ALLOCATION_COLUMNS, format, body: allocations.bytes });
  if (lateFrees.bytes.length > 0)
    await insertBinary(client, { table: "late_frees", columns: LATE_FREE_COLUMNS, format, body: lateFrees.bytes });
  await insertRows(
    client,
    "blocks",
    blocks.map((block) => blockRow(recording, block)),
  );
}

const ALLOCATION_COLUMNS =
  "process id block time_ns lifetime_ns freed address size stack thread kind realloc_of free_thread free_stack".split(
    " ",
  );
const LATE_FREE_COLUMNS = "process id block time_ns lifetime_ns size stack free_thread free_stack".split(" ");

/** Addresses are never used twice: each allocation has its own place. */
export function addressOf(i: number): number {
  return 0x7f00_0000_0000 + i * 32;
}

function writeAllocations(
  out: RowBinaryWriter,
  { process, startedNs, events }: SyntheticRecording,
  block: SyntheticBlock,
): void {
  const key = BigInt(process);
  for (let i = block.firstId - 1; i < block.firstId - 1 + block.allocations; i++) {
    const isFreed = freeTimeNs(events, i) <= block.endNs && events.lifetimeNs[i] !== -1;
    out
      .u64(key)
      .u64(i + 1)
      .u32(block.block);
    out.i64(startedNs + BigInt(events.timeNs[i]!));
    out.u64(isFreed ? events.lifetimeNs[i]! : 0).u8(isFreed ? 1 : 0);
    out.u64(addressOf(i)).u64(events.size[i]!).u32(events.stack[i]!);
    out.u32(events.thread[i]!).u8(events.kind[i]!).u64(events.reallocOf[i]!);
    out.u32(isFreed ? events.freeThread[i]! : 0).u32(0);
  }
}

function writeLateFrees(
  out: RowBinaryWriter,
  { process, startedNs, events }: SyntheticRecording,
  block: SyntheticBlock,
): void {
  const key = BigInt(process);
  for (const i of block.lateFrees) {
    out
      .u64(key)
      .u64(i + 1)
      .u32(block.block);
    out.i64(startedNs + BigInt(freeTimeNs(events, i))).u64(events.lifetimeNs[i]!);
    out.u64(events.size[i]!).u32(events.stack[i]!).u32(events.freeThread[i]!).u32(0);
  }
}

function blockRow({ process, startedNs }: SyntheticRecording, block: SyntheticBlock): object {
  const at = (ns: number): string => String(startedNs + BigInt(ns));
  const resident = block.block % 2 === 1 ? 3_000_000 + Math.round(block.peakLiveBytes * 1.15) : 0;
  return {
    process,
    block: block.block,
    start_ns: at(block.startNs),
    end_ns: at(block.endNs),
    allocations: block.allocations,
    frees: block.frees,
    allocated_bytes: block.allocatedBytes,
    freed_bytes: block.freedBytes,
    live_bytes: block.liveBytes,
    live_allocations: block.liveAllocations,
    peak_live_bytes: block.peakLiveBytes,
    peak_ns: at(block.peakNs),
    profiler_bytes: 6_000_000,
    sender_cpu_ns: block.block * 1_000_000,
    wire_bytes: 4 * (block.allocations + block.frees),
    first_allocation: block.firstId,
    resident_bytes: resident,
    anonymous_bytes: Math.round(resident * 0.9),
    cgroup_bytes: resident,
    cgroup_limit_bytes: 268_435_456,
    sampled_ns: at(block.endNs),
  };
}
