import { Params, type CompiledQuery } from "@heaphound/query/server";

/** Beyond this many frames or stacks the list is taken from the database itself instead of being sent along. */
export const MAX_LIST = 500;

/** Stacks above a number, or those listed: `stack UInt32, stack_id FixedString(16), frames Array(UInt64)`. */
export function stacksQuery(process: string, which: { above: number } | { listed: readonly number[] }): CompiledQuery {
  const params = new Params();
  const condition =
    "above" in which
      ? `stack > ${params.bind(which.above, "UInt32")}`
      : `stack IN ${params.bind(which.listed, "Array(UInt32)")}`;
  const numbers = `process_stacks WHERE process = ${params.bind(process, "UInt64")} AND ${condition}`;
  return params.query(`
SELECT n.stack, n.stack_id, s.frames
FROM (SELECT stack, stack_id FROM ${numbers}) AS n
ANY INNER JOIN (SELECT stack_id, frames FROM stacks WHERE stack_id IN (SELECT stack_id FROM ${numbers})) AS s USING (stack_id)
ORDER BY n.stack
LIMIT 5000000`);
}

/** Places of frames: `frame UInt64, offset UInt64, module_path String, build_id String`. */
export function placesQuery(process: string, frames: readonly string[]): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT frame, offset, toString(module_path) AS path, toString(build_id) AS build
FROM frames WHERE frame IN ${frameSet(process, frames, params)}
LIMIT 5000000`);
}

/** Symbols of frames: `frame UInt64, version UInt32, functions Array(String), files Array(String), lines Array(UInt32)`. */
export function symbolsQuery(process: string, frames: readonly string[]): CompiledQuery {
  const params = new Params();
  return params.query(`
SELECT frame, version, functions, files, lines
FROM symbols WHERE frame IN ${frameSet(process, frames, params)} AND notEmpty(functions)
LIMIT 5000000`);
}

function frameSet(process: string, frames: readonly string[], params: Params): string {
  if (frames.length <= MAX_LIST) return params.bind(frames, "Array(UInt64)");
  const stackIds = `SELECT stack_id FROM process_stacks WHERE process = ${params.bind(process, "UInt64")}`;
  return `(SELECT arrayJoin(frames) FROM stacks WHERE stack_id IN (${stackIds}))`;
}
