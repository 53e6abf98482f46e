import type { Filter } from "../ast.js";
import { isFrameField, type FrameField } from "../catalog.js";
import type { Params } from "./params.js";
import type { ProcessScope } from "./scope.js";

export interface FramePredicate {
  field: FrameField;
  isPattern: boolean;
  text: string;
}

/** Conditions that must all hold on one and the same frame of a stack. */
export type FrameGroup = FramePredicate[];

/** The frame condition of a filter, be it positive or negative. */
export function frameOf(filter: Filter): FramePredicate | undefined {
  if (filter.type !== "text" || !isFrameField(filter.field)) return undefined;
  return { field: filter.field, isPattern: filter.operator.endsWith("~"), text: filter.text };
}

export function isNegative(filter: Filter): boolean {
  return filter.type === "text" && filter.operator.startsWith("!");
}

/**
 * Groups the positive frame conditions of a conjunction: those of different fields belong to one frame; a field that
 * comes again begins another frame, which may be any. Bytehound has one condition per field: there this is its rule.
 */
export function groupFrames(operands: readonly Filter[]): FrameGroup[] {
  const groups: FrameGroup[] = [];
  for (const operand of operands) {
    const frame = frameOf(operand);
    if (!frame || isNegative(operand)) continue;
    const group = groups.at(-1);
    if (group?.every((other) => other.field !== frame.field)) group.push(frame);
    else groups.push([frame]);
  }
  return groups;
}

/** Numbers of the process's stacks that have a frame for which the whole group holds. */
export function stacksWithFrame(group: FrameGroup, scope: ProcessScope, params: Params): string {
  const process = params.bind(scope.process, "UInt64");
  const ofProcess = `SELECT stack_id FROM process_stacks WHERE process = ${process}`;
  const itsFrames = `SELECT stack_id, arrayJoin(frames) AS frame FROM stacks WHERE stack_id IN (${ofProcess})`;
  return `
    SELECT stack FROM process_stacks WHERE process = ${process} AND stack_id IN
    (
      SELECT stack_id FROM (${itsFrames}) WHERE frame IN (${matchingFrames(group, itsFrames, params)})
    )`;
}

/**
 * Frames for which the group holds. A frame stands for the function that is really there and those inlined into it: one
 * of them must satisfy all conditions. Without symbols its name is `module+0xoffset`, as shown everywhere.
 */
function matchingFrames(group: FrameGroup, candidates: string, params: Params): string {
  const relevant = `SELECT frame FROM (${candidates})`;
  const onName = [...conditions(group, "function", "function", params), ...conditions(group, "source", "file", params)];
  const where = [
    `f.frame IN (${relevant})`,
    ...conditions(group, "library", "f.module_path", params),
    ...(onName.length > 0 ? [`arrayExists((function, file) -> ${onName.join(" AND ")}, ${NAMES}, ${FILES})`] : []),
  ];
  return `
        SELECT f.frame FROM frames AS f
        LEFT ANY JOIN
        (
          SELECT frame, argMax(functions, version) AS functions, argMax(files, version) AS files
          FROM symbols WHERE frame IN (${relevant}) GROUP BY frame
        ) AS s ON f.frame = s.frame
        WHERE ${where.join(" AND ")}
      `;
}

const NAMES =
  "if(empty(s.functions), [concat(splitByChar('/', f.module_path)[-1], '+0x', lower(hex(f.offset)))], s.functions)";
const FILES = "if(empty(s.functions), [''], arrayResize(s.files, length(s.functions), ''))";

function conditions(group: FrameGroup, field: FrameField, column: string, params: Params): string[] {
  return group
    .filter((predicate) => predicate.field === field)
    .map(({ isPattern, text }) => {
      const bound = params.bind(text, "String");
      return isPattern ? `match(${column}, ${bound})` : `${column} = ${bound}`;
    });
}
