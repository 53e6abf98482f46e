/**
 * The field catalog: everything that a question can speak about. A new filter is one entry here (and, when the database
 * knows it by another name, one in sql/columns.ts).
 */

/**
 * What values a field takes:
 * - `text`: strings, equal or by regular expression
 * - `frame`: text of a frame of the allocating stack; positive ones in one conjunction must hold on the same frame
 * - `size`, `duration`, `instant` (time since the start of the process, or percent of its run), `integer`, `address`
 * - `choice`: one of a few words; `key`: 16 hex digits; `flag`: holds or does not
 * - `moment`: `alive at INSTANT`
 */
export type FieldType =
  "text" | "frame" | "size" | "duration" | "instant" | "integer" | "address" | "choice" | "key" | "flag" | "moment";

/** What a field belongs to: questions about processes know only the first. */
export type FieldScope = "process" | "allocation" | "stack";

export interface FieldDefinition {
  readonly type: FieldType;
  readonly scope: FieldScope;
  readonly description: string;
  readonly example: string;
  readonly choices?: readonly string[];
}

/** Allocations freed sooner than this are temporary. The `usage` table counts by the same figure. */
export const TEMPORARY_NS = 10_000_000;

export const FIELDS = {
  process: {
    type: "key",
    scope: "process",
    description: "key of the run of a process",
    example: 'process = "00c0ffee00c0ffee"',
  },
  name: {
    type: "text",
    scope: "process",
    description: "what the program was started as, without the folder",
    example: 'name = "redis-server"',
  },
  executable: {
    type: "text",
    scope: "process",
    description: "path of the executable",
    example: 'executable ~ "^/usr/bin/"',
  },
  arguments: {
    type: "text",
    scope: "process",
    description: "arguments, joined by spaces",
    example: 'arguments ~ "--port 6379"',
  },
  namespace: { type: "text", scope: "process", description: "Kubernetes namespace", example: 'namespace = "shop"' },
  workload: {
    type: "text",
    scope: "process",
    description: "owner of the pod: deployment, stateful set...",
    example: 'workload = "redis"',
  },
  pod: { type: "text", scope: "process", description: "name of the pod", example: 'pod ~ "^redis-"' },
  container: { type: "text", scope: "process", description: "name of the container", example: 'container = "app"' },
  host: { type: "text", scope: "process", description: "host name that the process sees", example: 'host = "node-3"' },
  architecture: {
    type: "text",
    scope: "process",
    description: "processor architecture",
    example: 'architecture = "arm64"',
  },
  allocator: {
    type: "text",
    scope: "process",
    description: "object that serves malloc",
    example: 'allocator ~ "jemalloc"',
  },
  pid: { type: "integer", scope: "process", description: "process id", example: "pid = 4711" },
  running: { type: "flag", scope: "process", description: "the process has not ended", example: "running" },
  allocated: {
    type: "instant",
    scope: "allocation",
    description: "time of the allocation",
    example: "allocated between 5s and 10s",
  },
  freed: {
    type: "instant",
    scope: "allocation",
    description: "time of the deallocation; never holds for what was never freed",
    example: "freed > 50%",
  },
  alive: {
    type: "moment",
    scope: "allocation",
    description: "allocated by then and not yet freed",
    example: "alive at 12s",
  },
  size: { type: "size", scope: "allocation", description: "requested bytes", example: "size >= 1MiB" },
  lifetime: {
    type: "duration",
    scope: "allocation",
    description: "time from allocation to deallocation; endless for what was never freed",
    example: "lifetime < 10ms",
  },
  leaked: { type: "flag", scope: "allocation", description: "never freed", example: "leaked" },
  temporary: { type: "flag", scope: "allocation", description: "freed within 10 ms", example: "not temporary" },
  address: {
    type: "address",
    scope: "allocation",
    description: "address of the block",
    example: "address between 0x7f0000000000 and 0x7fffffffffff",
  },
  thread: {
    type: "integer",
    scope: "allocation",
    description: "number of the allocating thread within the process",
    example: "thread = 3",
  },
  free_thread: {
    type: "integer",
    scope: "allocation",
    description: "number of the thread that freed; never holds for what was never freed",
    example: "free_thread = 2",
  },
  id: {
    type: "integer",
    scope: "allocation",
    description: "number of the allocation within the process",
    example: "id = 1000",
  },
  marker: {
    type: "integer",
    scope: "allocation",
    description: "number of the last marker that the program had set by then, 0 before any",
    example: "marker = 7",
  },
  kind: {
    type: "choice",
    scope: "allocation",
    description: "function that allocated",
    example: "kind = realloc",
    choices: ["malloc", "calloc", "realloc", "aligned"],
  },
  reallocated: {
    type: "flag",
    scope: "allocation",
    description: "replaced an older block by realloc",
    example: "reallocated",
  },
  stack: {
    type: "integer",
    scope: "stack",
    description: "number of the allocating stack within the process",
    example: "stack in (3, 14)",
  },
  free_stack: {
    type: "integer",
    scope: "allocation",
    description: "number of the stack that freed, where recorded",
    example: "free_stack = 7",
  },
  depth: { type: "integer", scope: "stack", description: "frames of the allocating stack", example: "depth > 40" },
  function: {
    type: "frame",
    scope: "stack",
    description: "function of any frame of the allocating stack, inlined ones included",
    example: 'function ~ "json"',
  },
  source: {
    type: "frame",
    scope: "stack",
    description: "source file of any frame of the allocating stack",
    example: 'source !~ "/usr/include/"',
  },
  library: {
    type: "frame",
    scope: "stack",
    description: "path of the module of any frame of the allocating stack",
    example: 'library ~ "libcrypto"',
  },
} as const satisfies Record<string, FieldDefinition>;

export type FieldName = keyof typeof FIELDS;

type FieldOfType<T extends FieldType> = {
  [N in FieldName]: (typeof FIELDS)[N]["type"] extends T ? N : never;
}[FieldName];

export type FlagField = FieldOfType<"flag">;
export type TextField = FieldOfType<"text" | "frame" | "choice" | "key">;
export type FrameField = FieldOfType<"frame">;
export type QuantityField = FieldOfType<"size" | "duration" | "instant" | "integer" | "address">;

export const FIELD_NAMES = Object.keys(FIELDS) as readonly FieldName[];

/** The definition of a field, or undefined when the catalog has no such name. */
export function findField(name: string): (FieldDefinition & { name: FieldName }) | undefined {
  if (!Object.hasOwn(FIELDS, name)) return undefined;
  const known = name as FieldName;
  return { name: known, ...FIELDS[known] };
}

export function isFrameField(name: FieldName): name is FrameField {
  return FIELDS[name].type === "frame";
}

const OPERATORS: Record<FieldType, readonly string[]> = {
  text: ["=", "!=", "~", "!~", "in"],
  frame: ["~", "!~", "=", "!="],
  size: [">=", "<=", ">", "<", "=", "!=", "between"],
  duration: ["<", ">", "<=", ">=", "=", "!=", "between"],
  instant: [">=", "<=", ">", "<", "=", "!=", "between"],
  integer: ["=", "!=", "<", "<=", ">", ">=", "between", "in"],
  address: ["=", "!=", "<", "<=", ">", ">=", "between"],
  choice: ["=", "!=", "in"],
  key: ["=", "!=", "in"],
  flag: [],
  moment: ["at"],
};

/** The operators that a field of this type takes, the usual one first. */
export function operatorsOf(type: FieldType): readonly string[] {
  return OPERATORS[type];
}
