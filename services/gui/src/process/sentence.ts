import type { Timeline, Tree } from "../api/shapes";
import { CONFIDENCE, ESTIMATED, formatBytes, formatCount, formatDuration, formatMoment } from "../format/format";
import type { Question, TimeWindow } from "../question/question";
import { intervalAt } from "../timeline/scale";

/** A piece of the sentence; figures and names are strong. */
export interface Part {
  text: string;
  strong?: true;
}

export interface Subject {
  name: string;
  running: boolean;
  durationNs: number;
}

const strong = (text: string): Part => ({ text, strong: true });
const plain = (text: string): Part => ({ text });

/** "212 MiB live at 14.3 s in redis-server: 3 310 allocations by 1 204 stacks". */
export function sentence(question: Question, subject: Subject, tree: Tree): Part[] {
  const isEstimate = tree.totalBytesDeviation !== undefined;
  const bytes = `${formatBytes(tree.totalBytes)}${errorBar(tree.totalBytesDeviation)}`;
  const count = `${isEstimate ? ESTIMATED : ""}${formatCount(tree.totalCount)} ${tree.totalCount === 1 ? "allocation" : "allocations"}`;
  const [first, second] = question.weight === "bytes" ? [bytes, count] : [count, bytes];
  const stacks = `${formatCount(tree.stacks)} ${tree.stacks === 1 ? "stack" : "stacks"}`;
  return [
    strong(first),
    plain(` ${deed(question, subject)} in `),
    strong(subject.name),
    plain(`: ${second} by ${stacks}`),
    ...condition(question.filter),
  ];
}

/** Of a sampled figure: it is within this of the truth 19 times out of 20. */
function errorBar(deviation: number | undefined): string {
  return deviation === undefined ? "" : ` ± ${formatBytes(CONFIDENCE * deviation)}`;
}

/** While a window is being dragged: what the timeline knows about it, at once and without asking anybody. */
export function previewSentence(question: Question, subject: Subject, window: TimeWindow, timeline: Timeline): Part[] {
  const preview = { ...question, window, atNs: null };
  if (question.measure === "live") {
    const live = timeline.liveBytes[intervalAt(timeline.timeNs, window.toNs)] ?? 0;
    return [strong(`≈ ${formatBytes(live)}`), plain(` ${deed(preview, subject)} in `), strong(subject.name)];
  }
  return [
    strong(`≈ ${formatBytes(allocatedWithin(timeline, window))}`),
    plain(` allocated ${span(window, subject)} in `),
    strong(subject.name),
  ];
}

/** Integral of the allocation rate over a window, from the timeline's intervals. */
export function allocatedWithin(timeline: Timeline, { fromNs, toNs }: TimeWindow): number {
  let bytes = 0;
  let start = timeline.fromNs;
  for (let index = 0; index < timeline.timeNs.length; index += 1) {
    const end = timeline.timeNs[index]!;
    const overlap = Math.min(end, toNs) - Math.max(start, fromNs);
    if (overlap > 0) bytes += (timeline.allocatedBytesPerSecond[index]! * overlap) / 1e9;
    start = end;
  }
  return bytes;
}

function deed(question: Question, subject: Subject): string {
  const within = span(question.window, subject);
  switch (question.measure) {
    case "live":
      return `live ${moment(question, subject)}`;
    case "allocated":
      return `allocated ${within}`;
    case "freed":
      return `freed ${within}`;
    case "leaked":
      return `allocated ${within} and ${subject.running ? "not freed so far" : "never freed"}`;
    case "temporary":
      return `allocated ${within} and freed within 10 ms`;
  }
}

function moment({ atNs, window }: Question, { durationNs, running }: Subject): string {
  const at = atNs ?? window?.toNs ?? null;
  if (at === null) return running ? "now" : "at the end";
  const width = window === null ? durationNs : window.toNs - window.fromNs;
  return `at ${formatMoment(at, Math.max(width / 1000, 1))}`;
}

function span(window: TimeWindow | null, { durationNs, running }: Subject): string {
  if (window === null)
    return running ? `so far (${formatDuration(durationNs)})` : `in the whole run (${formatDuration(durationNs)})`;
  const width = window.toNs - window.fromNs;
  const step = Math.max(width / 1000, 1);
  return `from ${formatMoment(window.fromNs, step)} to ${formatMoment(window.toNs, step)} (${formatDuration(width)})`;
}

function condition(filter: string): Part[] {
  return filter.trim() === "" ? [] : [plain(", where "), strong(filter.trim())];
}
