import type { DictionaryDelta, ModuleDefinition, ThreadDefinition } from "@heaphound/wire";
import { buildIdOf, type Frame } from "../decode/frames.js";
import { stackId, type ProcessDictionary } from "../decode/process-dictionary.js";
import { RejectedError } from "../errors.js";
import type { BatchTables } from "./tables.js";

/** A message of a few bytes can name very deep stacks very often; beyond this it is refused (1 GB of frames). */
const MAX_FRAMES = 2 ** 27;

/** Frames that one call of appendStacks may add: 4 MB. */
const FRAMES_AT_ONCE = 2 ** 19;

/** Nodes that one call of appendNodes may add. */
const NODES_AT_ONCE = 2 ** 17;

export interface DefinitionsToStore {
  process: bigint;
  /** The block that brings them; 0 when they are repeated after a reconnect. */
  block: number;
  delta: DictionaryDelta;
  dictionary: ProcessDictionary;
  newFrames: readonly Frame[];
}

/** Appends the rows of what a dictionary has defined, except stacks and their nodes. */
export function appendDefinitions(tables: BatchTables, { process, block, delta, newFrames }: DefinitionsToStore): void {
  for (const frame of newFrames) {
    appendFrame(tables, frame);
    if (frame.name !== undefined) appendSymbol(tables, frame.id, frame.name);
  }
  for (const module of delta.modules) appendModule(tables, process, module);
  for (const thread of delta.threads) appendThread(tables, { process, block }, thread);
}

/** Throws RejectedError when the stacks of a dictionary have more frames in all than anybody can mean. */
export function checkStackSizes({ delta, dictionary: { state } }: DefinitionsToStore): void {
  let frames = 0;
  for (let stack = delta.firstStack; stack < delta.firstStack + delta.stackCount; stack++) {
    frames += state.depth(state.nodeOfStack(stack));
  }
  if (frames > MAX_FRAMES)
    throw new RejectedError("bad_dictionary", `the stacks of one message have ${frames} frames in all`);
}

/** Appends nodes of the call tree from this number on, as many as go into one batch, and returns the first one that did not. */
export function appendNodes(
  tables: BatchTables,
  { process, delta, dictionary }: DefinitionsToStore,
  first: number,
): number {
  const end = Math.min(first + NODES_AT_ONCE, delta.firstNode + delta.nodeCount);
  const { columns } = tables.processNodes;
  let rows = 0;
  for (let node = first; node < end; node++) {
    if (dictionary.isRoot(node)) continue;
    columns.node.push(node);
    columns.parent.push(dictionary.callerOf(node));
    columns.frame.pushHalves(dictionary.frameLow(node), dictionary.frameHigh(node));
    rows++;
  }
  columns.process.fillBig(process, rows);
  tables.processNodes.rows += rows;
  return end;
}

/** Appends stacks from this number on, as many as go into one batch, and returns the first one that did not. */
export function appendStacks(tables: BatchTables, definitions: DefinitionsToStore, first: number): number {
  const end = definitions.delta.firstStack + definitions.delta.stackCount;
  let frames = 0;
  let stack = first;
  for (; stack < end && frames < FRAMES_AT_ONCE; stack++) frames += appendStack(tables, definitions, stack);
  return stack;
}

function appendFrame(tables: BatchTables, frame: Frame): void {
  const { columns } = tables.frames;
  columns.frame.pushBig(frame.id);
  columns.build_id.push(frame.buildId);
  columns.offset.pushBig(frame.offset);
  columns.module_path.push(frame.path);
  tables.frames.rows++;
}

/** What others learn from files; there is no better information to come. */
function appendSymbol(tables: BatchTables, frame: bigint, name: string): void {
  const { columns } = tables.symbols;
  columns.frame.pushBig(frame);
  columns.version.push(1);
  columns.functions.elements.push(name);
  columns.functions.endRow(1);
  columns.files.elements.push("");
  columns.files.endRow(1);
  columns.lines.elements.push(0);
  columns.lines.endRow(1);
  tables.symbols.rows++;
}

function appendStack(tables: BatchTables, { process, dictionary }: DefinitionsToStore, stack: number): number {
  const frames = dictionary.framesOf(stack);
  const id = stackId(frames);
  const depth = frames.length / 8;
  tables.stacks.columns.stack_id.push(id);
  tables.stacks.columns.frames.elements.appendBytes(frames);
  tables.stacks.columns.frames.endRow(depth);
  tables.stacks.rows++;
  const { columns } = tables.processStacks;
  columns.process.pushBig(process);
  columns.stack.push(stack);
  columns.stack_id.push(id);
  columns.depth.push(depth);
  columns.node.push(depth === 0 ? 0 : dictionary.state.nodeOfStack(stack));
  tables.processStacks.rows++;
  return depth;
}

function appendThread(
  tables: BatchTables,
  { process, block }: { process: bigint; block: number },
  thread: ThreadDefinition,
): void {
  const { columns } = tables.threads;
  columns.process.pushBig(process);
  columns.thread.push(thread.index);
  columns.tid.push(thread.tid);
  columns.name.push(thread.name);
  columns.block.push(block);
  tables.threads.rows++;
}

function appendModule(tables: BatchTables, process: bigint, module: ModuleDefinition): void {
  const { columns } = tables.modules;
  const starts = module.ranges.map(({ start }) => start);
  const ends = module.ranges.map(({ start, size }) => start + size);
  columns.process.pushBig(process);
  columns.number.push(module.number);
  columns.build_id.push(buildIdOf(module));
  columns.path.push(module.path);
  columns.load_bias.pushBig(module.loadBias);
  columns.start.pushBig(starts.reduce((a, b) => (a < b ? a : b), starts[0] ?? 0n));
  columns.end.pushBig(ends.reduce((a, b) => (a > b ? a : b), 0n));
  columns.file_size.push(module.fileSize);
  columns.first_node.push(module.firstNode);
  tables.modules.rows++;
}
