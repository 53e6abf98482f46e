import { instantToNs, type Instant, type Measure, type ProcessSummary } from "@heaphound/query";
import type { ProcessScope, Window } from "@heaphound/query/server";
import { AppError } from "@heaphound/service-kit";

/** A window of a process's own time, and the same on the clock. */
export interface QuestionWindow {
  fromNs: number | undefined;
  toNs: number | undefined;
  clock: Window;
}

export interface WindowParameters {
  at?: Instant | undefined;
  from?: Instant | undefined;
  to?: Instant | undefined;
}

export function scopeOf(process: ProcessSummary): ProcessScope {
  return {
    process: String(BigInt(`0x${process.process}`)),
    startedNs: BigInt(process.startedUnixNs),
    durationNs: process.durationNs,
    ...(process.isSampled === true && { isSampled: true }),
    ...(process.isPartial === true && { isPartial: true }),
  };
}

/** For `live` the window ends at the instant and begins with the process. */
export function windowOf(measure: Measure, parameters: WindowParameters, scope: ProcessScope): QuestionWindow {
  const ns = (instant: Instant | undefined): number | undefined =>
    instant === undefined ? undefined : instantToNs(instant, scope.durationNs);
  const fromNs = measure === "live" ? undefined : ns(parameters.from);
  const toNs = measure === "live" ? ns(parameters.at ?? parameters.to) : ns(parameters.to);
  if (fromNs !== undefined && toNs !== undefined && fromNs > toNs) throw reversed();
  const clock = (value: number | undefined): bigint | undefined =>
    value === undefined ? undefined : scope.startedNs + BigInt(value);
  return { fromNs, toNs, clock: { fromNs: clock(fromNs), toNs: clock(toNs) } };
}

function reversed(): AppError {
  return new AppError("`from` lies after `to`", {
    code: "bad_parameters",
    advice: "Write the earlier time as `from`.",
    httpStatus: 400,
  });
}
