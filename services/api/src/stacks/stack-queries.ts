import { Params, type CompiledQuery } from "@heaphound/query/server";

/** Beyond this many frames or stacks the list is taken from the database itself instead of being sent along. */
export const MAX_LIST = 500;

const MAX_ROWS = 20_000_000;

/** Nodes of the call tree above a number, in ascending order: `node UInt32, parent UInt32, frame UInt64`. */
export function nodesQuery(process: string, above: number): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT node, parent, frame
FROM process_nodes WHERE process = ${params.bind(process, "UInt64")} AND node > ${params.bind(above, "UInt32")}
ORDER BY node
LIMIT ${MAX_ROWS}`);
}

/** Stacks above a number: `stack UInt32, node UInt32, depth UInt16, stack_id FixedString(16)`. */
export function stackNodesQuery(process: string, above: number): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT stack, node, depth, stack_id
FROM process_stacks WHERE process = ${params.bind(process, "UInt64")} AND stack > ${params.bind(above, "UInt32")}
LIMIT ${MAX_ROWS}`);
}

/** What is read frame by frame: stacks that were stored before there were nodes, or single ones. */
export type StackFrames = { storedWithoutNodes: true } | { listed: readonly number[] };

/** `stack UInt32, stack_id FixedString(16), frames Array(UInt64)`. */
export function stackFramesQuery(process: string, which: StackFrames): CompiledQuery {
  const params = new Params();
  const condition =
    "listed" in which ? `stack IN ${params.bind(which.listed, "Array(UInt32)")}` : "node = 0 AND depth > 0";
  const numbers = `process_stacks WHERE process = ${params.bind(process, "UInt64")} AND ${condition}`;
  return params.query(`
SELECT n.stack, n.stack_id, s.frames
FROM (SELECT stack, stack_id FROM ${numbers}) AS n
ANY INNER JOIN (SELECT stack_id, frames FROM stacks WHERE stack_id IN (SELECT stack_id FROM ${numbers})) AS s USING (stack_id)
ORDER BY n.stack
LIMIT ${MAX_ROWS}`);
}

/** Which frames are meant: those listed, or all of a process (found by its nodes, or by its stacks where it has no nodes). */
export type FrameChoice = { listed: readonly string[] } | { allBy: "nodes" | "stacks" };

/** Places of frames: `frame UInt64, offset UInt64, module_path String, build_id String`. */
export function placesQuery(process: string, choice: FrameChoice): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT frame, offset, toString(module_path) AS path, toString(build_id) AS build
FROM frames WHERE frame IN ${frameSet(process, choice, params)}
LIMIT 5000000`);
}

/** Symbols of frames: `frame UInt64, version UInt32, functions Array(String), files Array(String), lines Array(UInt32)`. */
export function symbolsQuery(process: string, choice: FrameChoice): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT frame, version, functions, files, lines
FROM symbols WHERE frame IN ${frameSet(process, choice, params)} AND notEmpty(functions)
LIMIT 5000000`);
}

function frameSet(process: string, choice: FrameChoice, params: Params): string {
  if ("listed" in choice) return params.bind(choice.listed, "Array(UInt64)");
  const key = params.bind(process, "UInt64");
  if (choice.allBy === "nodes") return `(SELECT frame FROM process_nodes WHERE process = ${key})`;
  return `(SELECT arrayJoin(frames) FROM stacks WHERE stack_id IN (SELECT stack_id FROM process_stacks WHERE process = ${key}))`;
}
