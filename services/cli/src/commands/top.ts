import type { Frame, StackGroup } from "@heaphound/query";
import { answerOf, given, type Query } from "../api/client.js";
import { withProcess, type ReaderOptions } from "../context.js";
import { print, printJson } from "../output/print.js";
import { styled } from "../output/style.js";
import { bytes, count } from "../output/units.js";

type Window = Pick<Query<"groups">, "measure" | "weight" | "from" | "to" | "at" | "limit">;

export interface TopOptions extends ReaderOptions, Window {
  json?: boolean;
  filter?: string;
  frames?: number;
}

/** The stacks that count most in a process, each with its innermost frames. */
export async function top(process: string, options: TopOptions): Promise<void> {
  const { measure, weight, filter: q, from, to, at, limit = 10 } = options;
  const query = given({ measure, weight, q, from, to, at, limit });
  const groups = await withProcess(process, options, (api, key) =>
    answerOf(api.GET("/api/v1/processes/{process}/groups", { params: { path: { process: key }, query } })),
  );
  if (options.json === true) {
    printJson(groups);
    return;
  }
  print(styled(groups.sentence, "bold"));
  const { frames = 8 } = options;
  for (const group of groups.groups) print(describe(group, frames, groups.totalBytes));
  const left = groups.totalStacks - groups.groups.length;
  if (left > 0) print(styled(`${count(left)} more stacks; --limit shows them`, "dim"));
}

function describe(group: StackGroup, frames: number, totalBytes: number): string[] {
  const share = totalBytes > 0 ? `${((100 * group.bytes) / totalBytes).toFixed(1)} %` : "";
  const title = `${bytes(group.bytes).padStart(10)} ${share.padStart(7)}  ${count(group.count)} allocations, stack ${group.stack}`;
  const lines = group.frames.slice(0, frames).map((frame) => `${" ".repeat(20)}${frameText(frame)}`);
  const hidden = group.frames.length - lines.length;
  if (hidden > 0) lines.push(styled(`${" ".repeat(20)}... ${hidden} more frames`, "dim"));
  return [title, ...lines];
}

export function frameText(frame: Frame): string {
  const place = frame.file === "" ? frame.module : `${frame.file}:${frame.line}`;
  return `${frame.function}  ${styled(place, "dim")}`;
}
