import { compileStackSums, type StackSumsQuestion } from "@heaphound/query/server";
import type { Database } from "../database/database.js";
import type { StackSums } from "./stack-weights.js";

/** Most stacks that a tree is made of; beyond it the lightest are left out. */
export const MAX_STACKS = 2_000_000;

const ROW_BYTES = 4 + 8 + 8;
const VARIANCE_BYTES = 8;

/** What each stack holds of a measure, the heaviest first. */
export async function readStackSums(
  database: Database,
  question: Omit<StackSumsQuestion, "limit">,
): Promise<StackSums> {
  const bytes = await database.binary("stack-sums", compileStackSums({ ...question, limit: MAX_STACKS }));
  const isSampled = question.scope.isSampled === true;
  const rowBytes = isSampled ? ROW_BYTES + VARIANCE_BYTES : ROW_BYTES;
  const count = Math.floor(bytes.length / rowBytes);
  let variance = 0;
  const sums = { stacks: new Uint32Array(count), bytes: new Float64Array(count), counts: new Float64Array(count) };
  for (let i = 0, at = 0; i < count; i++, at += rowBytes) {
    sums.stacks[i] = bytes.readUInt32LE(at);
    sums.bytes[i] = int64(bytes, at + 4);
    sums.counts[i] = int64(bytes, at + 12);
    if (isSampled) variance += bytes.readDoubleLE(at + ROW_BYTES);
  }
  return isSampled ? { ...sums, bytesDeviation: Math.sqrt(variance) } : sums;
}

function int64(bytes: Buffer, at: number): number {
  return bytes.readInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at);
}
