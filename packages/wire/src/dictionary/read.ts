import { unzstd, checkColumnSize } from "../decompress.js";
import { WireError } from "../error.js";
import { FieldReader } from "../fields.js";

const MAX_ENTRIES = 65_536;
const MAX_RANGES = 1_024;

export interface AddressRange {
  start: bigint;
  size: bigint;
}

export interface ModuleDefinition {
  number: number;
  path: string;
  buildId: Uint8Array;
  loadBias: bigint;
  ranges: AddressRange[];
  firstNode: number;
  fileSize: number;
}

export interface ModuleUnloaded {
  number: number;
  firstNode: number;
}

export interface ThreadDefinition {
  index: number;
  tid: number;
  name: string;
}

/** A function that was made at run time. */
export interface CodeName {
  /** Nodes from this id on may lie in it. */
  firstNode: number;
  start: bigint;
  size: bigint;
  name: string;
}

/** A Dictionary as it came: nodes and stacks are still columns (uncompressed), see DictionaryState. */
export interface DictionaryDelta {
  modules: ModuleDefinition[];
  unloads: ModuleUnloaded[];
  threads: ThreadDefinition[];
  codeNames: CodeName[];
  firstNode: number;
  nodeCount: number;
  nodes: Uint8Array;
  firstStack: number;
  stackCount: number;
  stacks: Uint8Array;
}

/** Reads a Dictionary's bytes. Throws WireError. */
export function readDictionary(bytes: Uint8Array): DictionaryDelta {
  const delta = emptyDelta();
  let nodesSize = 0;
  let stacksSize = 0;
  for (const fields = new FieldReader(bytes, "Dictionary"); fields.next();) {
    if (fields.number === 10) nodesSize = fields.uint32();
    else if (fields.number === 11) stacksSize = fields.uint32();
    else readField(delta, fields);
  }
  delta.nodes = column(delta.nodes, nodesSize, "Dictionary.nodes");
  delta.stacks = column(delta.stacks, stacksSize, "Dictionary.stacks");
  return delta;
}

function emptyDelta(): DictionaryDelta {
  return {
    modules: [],
    unloads: [],
    threads: [],
    codeNames: [],
    firstNode: 0,
    nodeCount: 0,
    nodes: NO_BYTES,
    firstStack: 0,
    stackCount: 0,
    stacks: NO_BYTES,
  };
}

const NO_BYTES = new Uint8Array(0);

const FIELDS: Record<number, (delta: DictionaryDelta, fields: FieldReader) => void> = {
  1: (delta, fields) => {
    push(delta.modules, readModule(fields.data()), "modules");
  },
  2: (delta, fields) => {
    push(delta.unloads, readUnload(fields.data()), "module_unloads");
  },
  3: (delta, fields) => {
    delta.firstNode = fields.uint32();
  },
  4: (delta, fields) => {
    delta.nodeCount = fields.uint32();
  },
  5: (delta, fields) => {
    delta.nodes = fields.data();
  },
  6: (delta, fields) => {
    delta.firstStack = fields.uint32();
  },
  7: (delta, fields) => {
    delta.stackCount = fields.uint32();
  },
  8: (delta, fields) => {
    delta.stacks = fields.data();
  },
  9: (delta, fields) => {
    push(delta.threads, readThread(fields.data()), "threads");
  },
  12: (delta, fields) => {
    push(delta.codeNames, readCodeName(fields.data()), "code_names");
  },
};

function readField(delta: DictionaryDelta, fields: FieldReader): void {
  const read = FIELDS[fields.number];
  if (read) read(delta, fields);
  else fields.skip();
}

function column(data: Uint8Array, sizeBytes: number, name: string): Uint8Array {
  if (sizeBytes > 0) return unzstd(data, sizeBytes, name);
  checkColumnSize(data.length, name);
  return data;
}

function push<T>(list: T[], entry: T, name: string, limit = MAX_ENTRIES): void {
  if (list.length >= limit) throw new WireError("bad_dictionary", `more than ${limit} ${name} in one message`);
  list.push(entry);
}

function readModule(bytes: Uint8Array): ModuleDefinition {
  const module: ModuleDefinition = {
    number: 0,
    path: "",
    buildId: NO_BYTES,
    loadBias: 0n,
    ranges: [],
    firstNode: 0,
    fileSize: 0,
  };
  for (const fields = new FieldReader(bytes, "Module"); fields.next();) {
    const read = MODULE_FIELDS[fields.number];
    if (read) read(module, fields);
    else fields.skip();
  }
  if (module.number === 0) throw new WireError("bad_dictionary", "a module without a number");
  return module;
}

const MODULE_FIELDS: Record<number, (module: ModuleDefinition, fields: FieldReader) => void> = {
  1: (module, fields) => {
    module.number = fields.uint32();
  },
  2: (module, fields) => {
    module.path = fields.text();
  },
  3: (module, fields) => {
    module.buildId = fields.data().slice(); // a view would keep the whole message alive
  },
  4: (module, fields) => {
    module.loadBias = fields.uint64();
  },
  5: (module, fields) => {
    push(module.ranges, readRange(fields.data()), "executable ranges", MAX_RANGES);
  },
  6: (module, fields) => {
    module.firstNode = fields.uint32();
  },
  7: (module, fields) => {
    module.fileSize = fields.uint();
  },
};

function readRange(bytes: Uint8Array): AddressRange {
  const range: AddressRange = { start: 0n, size: 0n };
  for (const fields = new FieldReader(bytes, "Range"); fields.next();) {
    if (fields.number === 1) range.start = fields.uint64();
    else if (fields.number === 2) range.size = fields.uint64();
    else fields.skip();
  }
  return range;
}

function readUnload(bytes: Uint8Array): ModuleUnloaded {
  const unload: ModuleUnloaded = { number: 0, firstNode: 0 };
  for (const fields = new FieldReader(bytes, "ModuleUnload"); fields.next();) {
    if (fields.number === 1) unload.number = fields.uint32();
    else if (fields.number === 2) unload.firstNode = fields.uint32();
    else fields.skip();
  }
  return unload;
}

/** Bytes that are no UTF-8 are replaced: compilers write what their language calls a name. */
const names = new TextDecoder();

function readCodeName(bytes: Uint8Array): CodeName {
  const code: CodeName = { firstNode: 0, start: 0n, size: 0n, name: "" };
  for (const fields = new FieldReader(bytes, "CodeName"); fields.next();) {
    if (fields.number === 1) code.firstNode = fields.uint32();
    else if (fields.number === 2) code.start = fields.uint64();
    else if (fields.number === 3) code.size = fields.uint64();
    else if (fields.number === 4) code.name = names.decode(fields.data());
    else fields.skip();
  }
  if (code.name === "") throw new WireError("bad_dictionary", "a code name without a name");
  return code;
}

function readThread(bytes: Uint8Array): ThreadDefinition {
  const thread: ThreadDefinition = { index: 0, tid: 0, name: "" };
  for (const fields = new FieldReader(bytes, "Thread"); fields.next();) {
    if (fields.number === 1) thread.index = fields.uint32();
    else if (fields.number === 2) thread.tid = fields.uint32();
    else if (fields.number === 3) thread.name = fields.text();
    else fields.skip();
  }
  if (thread.index === 0) throw new WireError("bad_dictionary", "a thread without an index");
  return thread;
}
