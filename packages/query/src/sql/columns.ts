/**
 * Where the facts about an allocation stand. A filter compiles to the same condition over each row set, with other
 * expressions. `null` = the row set does not know.
 */
export interface RowColumns {
  id: string;
  allocated: string;
  size: string;
  stack: string;
  thread: string | null;
  address: string | null;
  kind: string | null;
  /** Condition: it is known to have been freed. */
  isFreed: string | null;
  freed: string | null;
  lifetime: string | null;
  freeThread: string | null;
  freeStack: string | null;
}

export const ALWAYS = "1 = 1";
export const NEVER = "1 = 0";

/** The table `allocations`, for facts that are known when a block is allocated. */
export const BORN_COLUMNS: RowColumns = {
  id: "id",
  allocated: "time_ns",
  size: "size",
  stack: "stack",
  thread: "thread",
  address: "address",
  kind: "kind",
  isFreed: null,
  freed: null,
  lifetime: null,
  freeThread: null,
  freeStack: null,
};

const ENDED = {
  freed: "(time_ns + toInt64(lifetime_ns))",
  lifetime: "lifetime_ns",
  freeThread: "free_thread",
  freeStack: "free_stack",
} as const;

/** `allocations` with late frees joined: every row says by itself whether it was freed. */
export const JOINED_COLUMNS: RowColumns = { ...BORN_COLUMNS, ...ENDED, isFreed: "freed = 1" };

/** Rows of `allocations` that were freed within their wire block. */
export const ENDED_COLUMNS: RowColumns = { ...BORN_COLUMNS, ...ENDED, isFreed: ALWAYS };

/** Rows of `allocations` that were never freed. */
export const OPEN_COLUMNS: RowColumns = { ...BORN_COLUMNS, ...ENDED, isFreed: NEVER };

/** The table `late_frees`, which repeats only size and stack of the allocation. */
export const LATE_COLUMNS: RowColumns = {
  id: "id",
  allocated: "(time_ns - toInt64(lifetime_ns))",
  size: "size",
  stack: "stack",
  thread: null,
  address: null,
  kind: null,
  isFreed: ALWAYS,
  freed: "time_ns",
  lifetime: "lifetime_ns",
  freeThread: "free_thread",
  freeStack: "free_stack",
};

/**
 * What people call the program: the file name of what it was started as. The executable may be called otherwise (Debian's
 * redis-server is a link to redis-check-rdb, all of busybox is one file).
 */
export const PROGRAM_NAME =
  "if(empty(splitByChar('/', arguments[1])[-1]), splitByChar('/', executable)[-1], splitByChar('/', arguments[1])[-1])";

/** Fields of the catalog as columns of `processes`. */
export const PROCESS_COLUMNS = {
  process: "process",
  name: PROGRAM_NAME,
  executable: "executable",
  arguments: "arrayStringConcat(arguments, ' ')",
  namespace: "namespace",
  workload: "workload",
  pod: "pod",
  container: "container",
  host: "hostname",
  architecture: "architecture",
  allocator: "allocator",
  pid: "pid",
  running: "ended_ns = 0",
} as const;

export const KIND_NUMBERS: Readonly<Record<string, number>> = { malloc: 0, calloc: 1, realloc: 2, aligned: 3 };
