import type { TableName } from "@heaphound/schema";
import {
  ArrayColumn,
  Id128Column,
  int32,
  TextColumn,
  uint16,
  uint32,
  uint8,
  WideColumn,
  type Column,
} from "./columns.js";

/** The columns of one table in a batch, by their names in SQL. */
export interface TableRows<C extends Record<string, Column> = Record<string, Column>> {
  readonly table: TableName;
  readonly columns: C;
  rows: number;
}

function table<C extends Record<string, Column>>(name: TableName, columns: C): TableRows<C> {
  return { table: name, columns, rows: 0 };
}

const u64 = (): WideColumn => new WideColumn();
const i64 = u64;
const text = (): TextColumn => new TextColumn();

/** The rows of many blocks of many processes, table by table. */
export class BatchTables {
  readonly processes = table("processes", {
    process: u64(),
    updated_ns: i64(),
    started_ns: i64(),
    ended_ns: i64(),
    end_reason: text(),
    last_seen_ns: i64(),
    parent_process: u64(),
    pid: uint32(),
    parent_pid: uint32(),
    executable: text(),
    arguments: new ArrayColumn(text()),
    hostname: text(),
    namespace: text(),
    pod: text(),
    pod_uid: text(),
    container: text(),
    node: text(),
    workload: text(),
    architecture: text(),
    libc: text(),
    allocator: text(),
    page_size: uint32(),
    preload_version: text(),
    mode: text(),
    free_stacks: uint8(),
    ingester: text(),
  });
  readonly frames = table("frames", { frame: u64(), build_id: text(), offset: u64(), module_path: text() });
  readonly symbols = table("symbols", {
    frame: u64(),
    version: uint32(),
    functions: new ArrayColumn(text()),
    files: new ArrayColumn(text()),
    lines: new ArrayColumn(uint32()),
  });
  readonly stacks = table("stacks", { stack_id: new Id128Column(), frames: new ArrayColumn(u64()) });
  readonly processStacks = table("process_stacks", {
    process: u64(),
    stack: uint32(),
    stack_id: new Id128Column(),
    depth: uint16(),
    node: uint32(),
  });
  readonly processNodes = table("process_nodes", { process: u64(), node: uint32(), parent: uint32(), frame: u64() });
  readonly modules = table("modules", {
    process: u64(),
    number: uint32(),
    build_id: text(),
    path: text(),
    load_bias: u64(),
    start: u64(),
    end: u64(),
    file_size: u64(),
    first_node: uint32(),
  });
  readonly threads = table("threads", {
    process: u64(),
    thread: uint32(),
    tid: uint32(),
    name: text(),
    block: uint32(),
  });
  readonly allocations = table("allocations", {
    process: u64(),
    id: u64(),
    block: uint32(),
    time_ns: i64(),
    lifetime_ns: u64(),
    freed: uint8(),
    address: u64(),
    size: u64(),
    stack: uint32(),
    thread: uint32(),
    kind: uint8(),
    realloc_of: u64(),
    free_thread: uint32(),
    free_stack: uint32(),
    sample_bytes: u64(),
  });
  readonly lateFrees = table("late_frees", {
    process: u64(),
    id: u64(),
    block: uint32(),
    time_ns: i64(),
    lifetime_ns: u64(),
    size: u64(),
    stack: uint32(),
    free_thread: uint32(),
    free_stack: uint32(),
    sample_bytes: u64(),
  });
  readonly losses = table("losses", {
    process: u64(),
    block: uint32(),
    kind: text(),
    count: u64(),
    bytes: u64(),
    detail: text(),
  });
  readonly blocks = table("blocks", {
    process: u64(),
    block: uint32(),
    start_ns: i64(),
    end_ns: i64(),
    allocations: uint32(),
    frees: uint32(),
    allocated_bytes: u64(),
    freed_bytes: u64(),
    live_bytes: u64(),
    live_allocations: u64(),
    peak_live_bytes: u64(),
    peak_ns: i64(),
    profiler_bytes: u64(),
    sender_cpu_ns: u64(),
    wire_bytes: uint32(),
    first_allocation: u64(),
    resident_bytes: u64(),
    anonymous_bytes: u64(),
    cgroup_bytes: u64(),
    cgroup_limit_bytes: u64(),
    sampled_ns: i64(),
    all_allocations: u64(),
    all_frees: u64(),
    totals_start_ns: i64(),
    culled: u64(),
    partial: uint8(),
    sampled: uint8(),
    live_bytes_deviation: u64(),
    live_deviation: u64(),
  });
  readonly culled = table("culled", {
    process: u64(),
    block: uint32(),
    stack: uint32(),
    start_ns: i64(),
    end_ns: i64(),
    allocations: u64(),
    bytes: u64(),
    lifetimes: new ArrayColumn(u64()),
  });
  readonly modeChanges = table("mode_changes", {
    process: u64(),
    block: uint32(),
    place: uint32(),
    time_ns: i64(),
    from_mode: text(),
    to_mode: text(),
    why: text(),
    sample_bytes: u64(),
  });
  readonly markers = table("markers", {
    process: u64(),
    block: uint32(),
    place: uint32(),
    time_ns: i64(),
    number: uint32(),
    label: text(),
  });
  readonly memorySamples = table("memory_samples", {
    process: u64(),
    time_ns: i64(),
    block: uint32(),
    resident_bytes: u64(),
    anonymous_bytes: u64(),
    file_bytes: u64(),
    shared_bytes: u64(),
    swap_bytes: u64(),
    live_bytes: u64(),
    profiler_bytes: u64(),
    cgroup_bytes: u64(),
    cgroup_limit_bytes: u64(),
    cgroup_swap_bytes: u64(),
    cgroup_oom: u64(),
    cgroup_oom_kills: u64(),
  });
  readonly memoryCalls = table("memory_calls", {
    process: u64(),
    block: uint32(),
    number: uint32(),
    time_ns: i64(),
    kind: text(),
    tid: uint32(),
    stack: uint32(),
    address: u64(),
    size: u64(),
    old_address: u64(),
    old_size: u64(),
    protection: uint32(),
    flags: uint32(),
    file_offset: u64(),
    parameter: int32(),
    value: int32(),
    result: int32(),
  });
  readonly mappings = table("mappings", {
    process: u64(),
    time_ns: i64(),
    start: u64(),
    size: u64(),
    permissions: text(),
    name: text(),
    file_offset: u64(),
    resident_bytes: u64(),
    proportional_bytes: u64(),
    private_dirty_bytes: u64(),
    anonymous_bytes: u64(),
    swap_bytes: u64(),
  });
  readonly allocators = table("allocators", {
    process: u64(),
    number: uint32(),
    block: uint32(),
    name: text(),
    module: text(),
    version: text(),
    prefix: text(),
    hooking: text(),
    reason: text(),
  });
  readonly allocatorSamples = table("allocator_samples", {
    process: u64(),
    allocator: uint32(),
    time_ns: i64(),
    block: uint32(),
    in_use_bytes: u64(),
    free_bytes: u64(),
    mapped_bytes: u64(),
    arenas: u64(),
    big_bytes: u64(),
    big_blocks: u64(),
    top_bytes: u64(),
  });

  /**
   * The order of insertion: tables of a stage at the same time, stage after stage. What refers to something comes after
   * it, and a row in `blocks` says that all else of its block is there.
   */
  readonly stages: readonly (readonly TableRows[])[] = [
    [
      this.processes,
      this.symbols,
      this.frames,
      this.stacks,
      this.processNodes,
      this.processStacks,
      this.modules,
      this.threads,
    ],
    [
      this.allocations,
      this.lateFrees,
      this.losses,
      this.culled,
      this.modeChanges,
      this.markers,
      this.memorySamples,
      this.memoryCalls,
      this.mappings,
      this.allocators,
      this.allocatorSamples,
    ],
    [this.blocks],
  ];

  private readonly all = this.stages.flat();

  get rowCount(): number {
    return this.all.reduce((sum, { rows }) => sum + rows, 0);
  }

  get byteCount(): number {
    let sum = 0;
    for (const { columns } of this.all) {
      for (const name in columns) sum += columns[name]!.byteCount;
    }
    return sum;
  }

  clear(): void {
    for (const rows of this.all) {
      rows.rows = 0;
      for (const column of Object.values(rows.columns)) column.clear();
    }
  }
}
