import type { Params } from "../../sql/params.js";
import { fleetProcesses, type FleetScope } from "./fleet-scope.js";

/** A process that runs sends a block within seconds unless it rests; what it said so long before a range is looked for first. */
const LOOKBACK_NS = 60_000_000_000n;
/** Of a process that rested: the newest have what it said last, also of what not every block says. */
const BLOCKS_BEFORE_REST = 16;

/**
 * The blocks that a range of the clock needs, each once: those within it, and of each process some before it, which say how
 * it stood when the range began. All blocks of a process are looked at only where it had rested for a while by then:
 *
 *     time          ....|.....from............................to
 *     a works        x x|x x x x x x x x x x x x x x x x x x x
 *     b rests        x  |               x          x             its first x is needed too
 *
 * A block that was stored twice is made one by GROUP BY: FINAL would merge, row by row, each of the many small parts of the
 * sorting key that the index of time leaves over (eight times slower).
 */
export function fleetBlocks(question: FleetScope, columns: readonly string[], params: Params): string {
  const [from, to] = [params.time(question.fromNs - LOOKBACK_NS), params.time(question.toNs)];
  const names = ["process", "block", ...columns].join(", ");
  const once = columns.map((column) => `any(${column}) AS ${column}`).join(", ");
  const spoke = `SELECT process FROM blocks WHERE end_ns BETWEEN ${from} AND ${params.time(question.fromNs)}`;
  const among = `process IN (SELECT process FROM (${fleetProcesses(question, params)}))`;
  return `
    (
      SELECT process, block, ${once}
      FROM (SELECT ${names} FROM blocks WHERE end_ns BETWEEN ${from} AND ${to} AND ${among})
      GROUP BY process, block
      UNION ALL
      SELECT ${names}
      FROM blocks
      WHERE end_ns < ${from} AND ${among} AND process NOT IN (${spoke})
      ORDER BY process, block DESC
      LIMIT ${BLOCKS_BEFORE_REST} BY process
    )`;
}
