import type { AllocationRow, Ending, EndingStack, Frame } from "@heaphound/query";
import { answerOf, given } from "../api/client.js";
import { withProcess, type ReaderOptions } from "../context.js";
import { print, printJson } from "../output/print.js";
import { styled } from "../output/style.js";
import { bytes, count, duration } from "../output/units.js";
import { frameText } from "./top.js";

export interface EndingOptions extends ReaderOptions {
  json?: boolean;
  window?: number;
  limit?: number;
  frames?: number;
}

/** How a process ended: what was live, what grew, and the last large allocations, next to the limit. */
export async function ending(process: string, options: EndingOptions): Promise<void> {
  const { window, limit = 10, frames = 6 } = options;
  const query = given({ window, limit });
  const answer = await withProcess(process, options, (api, key) =>
    answerOf(api.GET("/api/v1/processes/{process}/ending", { params: { path: { process: key }, query } })),
  );
  if (options.json === true) printJson(answer);
  else print(describe(answer, frames));
}

function describe(ending: Ending, frames: number): string[] {
  const window = duration(ending.toNs - ending.fromNs);
  return [
    styled(`${ending.sentence}.`, "bold"),
    ...ending.evidence.map((line) => `  ${line}`),
    "",
    styled(`Live at the end, and what of it came in the last ${window}`, "bold"),
    ...ending.topStacks.flatMap((row) => stackLines(row, ending, frames)),
    "",
    styled(`The largest allocations of the last ${window}, the newest first`, "bold"),
    ...ending.largest.map((row) => allocationLine(row, ending)),
  ];
}

function stackLines(row: EndingStack, { stacks, liveBytes }: Ending, frames: number): string[] {
  const share = liveBytes > 0 ? `${((100 * row.liveBytes) / liveBytes).toFixed(1)} %` : "";
  const title = `${bytes(row.liveBytes).padStart(10)} ${grown(row.growthBytes).padStart(11)} ${share.padStart(7)}  ${count(row.liveCount)} allocations, stack ${row.stack}`;
  const lines = framesOf(stacks, row.stack).slice(0, frames);
  return [title, ...lines.map((frame) => `${" ".repeat(20)}${frameText(frame)}`)];
}

const grown = (growth: number): string => (growth > 0 ? `+${bytes(growth)}` : bytes(growth));

function allocationLine(row: AllocationRow, { stacks, toNs }: Ending): string {
  const before = `${duration(Math.max(0, toNs - row.timeNs))} before`;
  const fate = row.lifetimeNs === null ? "lived to the end" : `lived ${duration(row.lifetimeNs)}`;
  const [own] = framesOf(stacks, row.stack);
  return `${bytes(row.size).padStart(10)} ${before.padStart(16)}  ${fate.padEnd(18)}  ${own ? frameText(own) : "no stack was recorded"}`;
}

function framesOf(stacks: Ending["stacks"], stack: number): readonly Frame[] {
  return stacks[stack] ?? [];
}
